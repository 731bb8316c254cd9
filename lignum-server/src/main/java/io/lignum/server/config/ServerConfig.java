package io.lignum.server.config;

import io.lignum.access.Principal;
import io.lignum.access.credential.PasswordPolicy;
import io.lignum.server.access.AccessConfig;
import io.lignum.server.access.SecurityMode;
import io.lignum.server.tls.TlsConfig;
import io.lignum.storage.Durability;
import io.lignum.storage.StoreConfig;
import io.lignum.storage.StoreListener;
import io.lignum.storage.TimestampBounds;
import io.lignum.storage.TopicConfig;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A node's checked settings. Immutable; created by {@link ConfigLoader}. */
public final class ServerConfig {

    private static final int MIN_RECORD_BYTES = 1_024;
    /** The most bytes that the engine adds to a batch that is within its limit. */
    public static final int BATCH_HEADROOM_BYTES = 64 * 1_024;

    private final Settings settings;
    private final Limits limits;
    private final List<String> hints;
    private final Optional<String> memory;

    private ServerConfig(Settings settings, List<String> hints, Optional<String> memory) {
        this.settings = settings;
        this.limits = Limits.of(settings);
        this.hints = List.copyOf(hints);
        this.memory = memory;
    }

    static ServerConfig of(Settings settings, List<String> hints, Optional<String> memory) {
        return new ServerConfig(settings, hints, memory);
    }

    /**
     * A standalone node with its data in {@code directory}, on the loopback address, with free
     * ports.
     */
    public static ServerConfig embedded(Path directory) {
        return new ConfigLoader().embedded(directory).load();
    }

    /**
     * A node of the cluster of the given Consul agent, with its data in {@code directory}, on the
     * loopback address, with free ports. For a cluster of several hosts use
     * {@link ConfigLoader#embedded} and set {@code node.advertised-host} and
     * {@code cluster.secret}.
     */
    public static ServerConfig embeddedInCluster(
            Path directory, String consulHost, int consulPort) {
        return new ConfigLoader()
                .embedded(directory)
                .set(ConfigKey.CONSUL_HOST.path(), consulHost)
                .set(ConfigKey.CONSUL_PORT.path(), Integer.toString(consulPort))
                .load();
    }

    public String host() {
        return settings.text(ConfigKey.SERVER_HOST);
    }

    /** The HTTP port; 0 lets the system choose a free one. */
    public int httpPort() {
        return settings.whole(ConfigKey.SERVER_PORT);
    }

    /** The gRPC port; 0 lets the system choose a free one. */
    public int grpcPort() {
        return settings.whole(ConfigKey.SERVER_GRPC_PORT);
    }

    public Path dataDirectory() {
        return Path.of(settings.text(ConfigKey.MESSAGE_DATA_DIR));
    }

    /** Time between two looks at the files that may be replaced; zero: they are read once. */
    public Duration reloadInterval() {
        return settings.millis(ConfigKey.TLS_RELOAD_INTERVAL);
    }

    /** The settings of a cluster's node; empty: a standalone node. */
    public Optional<ClusterSettings> cluster() {
        return settings.isClustered()
                ? Optional.of(new ClusterSettings(settings))
                : Optional.empty();
    }

    /** The configured name of the node, if any. */
    public Optional<String> nodeId() {
        return settings.optionalText(ConfigKey.NODE_ID);
    }

    /** The host that other nodes and clients use for this node. */
    public String advertisedHost() {
        return new AdvertisedHost(settings).value();
    }

    /** Which callers are served. */
    public AccessConfig access() {
        Set<String> allowedHosts = settings.optionalText(ConfigKey.HTTP_ALLOWED_HOSTS)
                .map(names -> Set.copyOf(List.of(names.split(",", -1))))
                .orElse(Set.of());
        return new AccessConfig(
                settings.choice(ConfigKey.SECURITY_MODE, SecurityMode.class),
                settings.choice(ConfigKey.SECURITY_PUBLIC_METRICS, Boolean.class),
                Stream.of(ConfigKey.SERVER_HOST, ConfigKey.NODE_ADVERTISED_HOST)
                        .flatMap(key -> settings.optionalText(key).stream())
                        .collect(Collectors.toSet()),
                allowedHosts,
                logins());
    }

    private AccessConfig.Logins logins() {
        Set<Principal> superusers = settings.optionalText(ConfigKey.SECURITY_SUPERUSERS)
                .map(names -> Arrays.stream(names.split(",", -1))
                        .map(Principal::parse)
                        .collect(Collectors.toUnmodifiableSet()))
                .orElse(Set.of());
        return new AccessConfig.Logins(
                superusers,
                settings.choice(ConfigKey.SECURITY_PLAIN_CREDENTIALS, Boolean.class),
                settings.whole(ConfigKey.SECURITY_FREE_FAILURES),
                new PasswordPolicy(settings.whole(ConfigKey.SECURITY_PASSWORD_LENGTH)),
                cluster().map(ClusterSettings::clusterName));
    }

    /** How much each principal may send and receive. */
    public QuotaConfig quotas() {
        return new QuotaConfig(
                settings.optionalNumber(ConfigKey.QUOTA_PRODUCE),
                settings.optionalNumber(ConfigKey.QUOTA_FETCH));
    }

    /** The file with the first administrator, if any. */
    public Optional<Path> bootstrapUserFile() {
        return settings.optionalText(ConfigKey.SECURITY_BOOTSTRAP_USER_FILE).map(Path::of);
    }

    /** Whether there is an audit log. */
    public boolean hasAuditLog() {
        return settings.choice(ConfigKey.AUDIT_LOG, ConfigKey.AuditSetting.class)
                == ConfigKey.AuditSetting.ON;
    }

    /** The file for the audit log; empty: it goes where the log goes. */
    public Optional<Path> auditFile() {
        return settings.optionalText(ConfigKey.AUDIT_FILE).map(Path::of);
    }

    /** The files that hold secrets, by the key that names each. */
    public Map<String, Path> secretFiles() {
        Map<String, Path> files = new LinkedHashMap<>();
        SecretSettings.filesWithSecrets()
                .forEach(key -> settings.optionalText(key)
                        .ifPresent(file -> files.put(key.path(), Path.of(file))));
        return files;
    }

    /** Whether this file, which is that of the settings, has the value of a secret. */
    public boolean hasSecretOf(Path file) {
        return new SecretSettings(settings).isIn(file);
    }

    /** The settings of TLS; empty: no listener uses it. */
    public Optional<TlsConfig> tls() {
        return new TlsSettings(settings).value();
    }

    public Limits limits() {
        return limits;
    }

    /** The settings of topics that are created without their own. */
    public TopicConfig topicDefaults() {
        return new TopicConfig(
                settings.choice(ConfigKey.TOPIC_DURABILITY, Durability.class),
                settings.number(ConfigKey.MESSAGE_SIZE_PER_TOPIC),
                settings.number(ConfigKey.TOPIC_SEGMENT_BYTES),
                Duration.ofMillis(settings.number(ConfigKey.TOPIC_SEGMENT_AGE)),
                settings.optionalNumber(ConfigKey.TOPIC_RETENTION_BYTES),
                settings.optionalMillis(ConfigKey.TOPIC_RETENTION_AGE),
                false,
                0,
                new TimestampBounds(
                        bound(ConfigKey.TOPIC_TIMESTAMP_BEFORE_MAX),
                        bound(ConfigKey.TOPIC_TIMESTAMP_AFTER_MAX)));
    }

    private Optional<Duration> bound(ConfigKey key) {
        long millis = settings.number(key);
        return millis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
    }

    /** The configuration of the log engine. */
    public StoreConfig store(StoreListener listener) {
        return StoreConfig.DEFAULT.toBuilder()
                .defaults(topicDefaults())
                .maxTopics(limits.maxTopics())
                .maxRecordBytes(Math.max(MIN_RECORD_BYTES, limits.messageMaxBytes()))
                .maxBatchBytes(limits.batchMaxBytes() + BATCH_HEADROOM_BYTES)
                .maxPendingBytes(limits.maxBytesInFlight() * 2 + BATCH_HEADROOM_BYTES)
                .maxWaitingReads(limits.maxWaitingReads())
                .maxProducers(settings.whole(ConfigKey.LIMIT_PRODUCERS))
                .producerExpiry(
                        Duration.ofMillis(settings.number(ConfigKey.STORAGE_PRODUCER_EXPIRY)))
                .maxOpenFiles(settings.whole(ConfigKey.STORAGE_OPEN_FILES))
                .flushInterval(Duration.ofMillis(settings.number(ConfigKey.STORAGE_FLUSH_INTERVAL)))
                .reserveBytes(settings.number(ConfigKey.STORAGE_RESERVE))
                .ioThreads(settings.whole(ConfigKey.STORAGE_IO_THREADS))
                .listener(listener)
                .build();
    }

    /**
     * Hints about settings that are in force but probably not intended, one line of the log each.
     */
    public List<String> hints() {
        return hints;
    }

    /** A line for the log about limits that were lowered to fit the heap, if any. */
    public Optional<String> memory() {
        return memory;
    }

    /** The settings in force as YAML, each with its source; secrets are masked. */
    public String print() {
        return ConfigPrinter.print(settings);
    }
}
