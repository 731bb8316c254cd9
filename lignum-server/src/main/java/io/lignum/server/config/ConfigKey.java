package io.lignum.server.config;

import io.lignum.storage.Durability;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Every configuration key. This table drives the parser, the flags, the environment variables,
 * {@code --print-config} and, through a test, the table in docs/configuration.md.
 */
@SuppressWarnings("ImmutableEnumChecker") // ValueType has final fields and a stateless parser only
enum ConfigKey {
    SERVER_HOST("server.host", ValueType.text(), "0.0.0.0", "address the listeners bind to"),
    SERVER_PORT("server.port", ValueType.port(), "8080", "HTTP port; 0 takes a free one"),
    SERVER_GRPC_PORT("server.grpc-port", ValueType.port(), "9080", "gRPC port; 0 takes a free one"),
    SERVER_SERVICE_KEY(
            "server.service-key",
            ValueType.text(),
            "service/lignum/key/master",
            "key of the leader lock, the same on all nodes of a cluster"),

    SECURITY_MODE(
            "security.mode",
            ValueType.securityMode(),
            "protected",
            "who is served: protected, callers on the node's own host; open, everybody"),
    SECURITY_PUBLIC_METRICS(
            "security.public-metrics",
            ValueType.flag(),
            "false",
            "whether metrics are given to everybody, as health is"),
    HTTP_ALLOWED_HOSTS(
            "http.allowed-hosts",
            ValueType.hosts(),
            "",
            "names, with commas, that HTTP callers may call the node by besides its own"),

    CONSUL_HOST("consul.host", ValueType.text(), "localhost", "the Consul agent's host"),
    CONSUL_PORT("consul.port", ValueType.number(1, 65_535), "8500", "the Consul agent's port"),
    CONSUL_SCHEME(
            "consul.scheme",
            ValueType.choice(Scheme.class),
            "http",
            "how the Consul agent is spoken to: http or https"),
    CONSUL_TLS_CA_FILE(
            "consul.tls-ca-file",
            ValueType.path(),
            "",
            "certificates (PEM) that the agent's must be signed by; absent means the JVM's own"),
    CONSUL_ACL_TOKEN("consul.acl-token", ValueType.text(), "", "token sent to the Consul agent"),
    CONSUL_DATACENTER(
            "consul.datacenter",
            ValueType.name(),
            "",
            "Consul datacenter of the cluster; absent means the agent's own"),
    CONSUL_SERVICE_NAME(
            "consul.service-name",
            ValueType.name(),
            "",
            "name registered in Consul; absent means cluster.name"),
    CONSUL_SESSION_TTL(
            "consul.session-ttl-in-seconds",
            ValueType.number(10, 86_400),
            "15",
            "life of the session without renewal"),
    CONSUL_SESSION_RENEWAL(
            "consul.session-renewal-ttl-in-seconds",
            ValueType.number(1, 86_400),
            "13",
            "latest renewal of the session; not later than its life"),
    CONSUL_LOCK_DELAY(
            "consul.lock-delay-in-ms",
            ValueType.number(0, 60_000),
            "10",
            "pause before a lost lock can be taken again"),
    CONSUL_ELECTION_INTERVAL(
            "consul.leader-election-interval-in-ms",
            ValueType.number(1, 60_000),
            "10",
            "pause between attempts to lead when a watch cannot tell"),

    MESSAGE_SIZE_PER_TOPIC(
            "message.initial-size-per-topic",
            ValueType.number(1, Long.MAX_VALUE),
            "1000000",
            "messages per write-ahead file before it is sealed into a log file"),
    MESSAGE_DATA_DIR("message.data-dir", ValueType.path(), "topics", "where messages are kept"),

    FOLLOWER_HEALTHCHECK_INTERVAL(
            "follower.healthcheck-interval-in-seconds",
            ValueType.number(1, 3_600),
            "1",
            "pause between the leader's checks of its followers"),
    FOLLOWER_PING_TIMEOUT(
            "follower.healthcheck-ping-timeout-in-ms",
            ValueType.number(1, 3_600_000),
            "100",
            "time allowed for one check; not longer than the interval"),
    FOLLOWER_LEADER_CHECK(
            "follower.registration-leader-check-interval-in-seconds",
            ValueType.number(1, 3_600),
            "5",
            "pause between a follower's checks of the leader"),

    REPLICATION_QUEUE(
            "replication.internal-queue-size",
            ValueType.number(1, 1_000_000),
            "1024",
            "bound of the live queue per follower"),
    REPLICATION_TIMEOUT(
            "replication.client-timeout-in-ms",
            ValueType.number(1, 60_000),
            "25",
            "time allowed per live send before a follower counts as lagging"),
    REPLICATION_PORT(
            "replication.wal-replication-port",
            ValueType.port(),
            "8126",
            "port for all traffic between nodes"),
    REPLICATION_SYNC_INTERVAL(
            "replication.wal-sync-interval-in-sec",
            ValueType.number(1, 86_400),
            "5",
            "pause between rounds of shipping wal topics"),
    REPLICATION_LAG_LIMIT(
            "replication.lag-limit-in-ms",
            ValueType.number(1_000, 3_600_000),
            "10000",
            "a follower without durable progress for this long leaves the in-sync replicas"),
    REPLICATION_COMMIT_TIMEOUT(
            "replication.commit-timeout-in-ms",
            ValueType.number(100, 3_600_000),
            "30000",
            "a live append not committed within this is answered with an unknown outcome"),

    WAL_QUEUE(
            "wal.queue-size",
            ValueType.number(1, 1_000_000),
            "8192",
            "bound of the append queue: appends taken and not yet answered"),

    NODE_ID("node.id", ValueType.name(), "", "name of this node; generated once if absent"),
    NODE_ADVERTISED_HOST(
            "node.advertised-host",
            ValueType.text(),
            "",
            "host that others reach this node by; absent means server.host, or the host's name"),
    CLUSTER_NAME("cluster.name", ValueType.name(), "lignum", "name of the cluster"),
    CLUSTER_SECRET(
            "cluster.secret",
            ValueType.text(),
            "",
            "secret the nodes share; without it all nodes must be on one host"),
    CLUSTER_MIN_IN_SYNC(
            "cluster.min-in-sync",
            ValueType.number(1, 1_000),
            "",
            "fewest nodes that must hold a live record; absent means a majority"),

    TOPIC_DURABILITY(
            "topic.durability",
            ValueType.choice(Durability.class),
            "always",
            "when an append is acknowledged: always after fsync, interval or os before it"),
    TOPIC_SEGMENT_BYTES(
            "topic.segment-max-bytes",
            ValueType.number(64 * 1024, 1L << 30),
            "134217728",
            "bytes after which a write-ahead file is sealed"),
    TOPIC_SEGMENT_AGE(
            "topic.segment-max-age-in-ms",
            ValueType.number(1_000, Long.MAX_VALUE / 1_000_000),
            "604800000",
            "age after which a write-ahead file is sealed"),
    TOPIC_RETENTION_BYTES(
            "topic.retention-bytes",
            ValueType.number(1, Long.MAX_VALUE),
            "",
            "bytes kept per topic; absent keeps everything"),
    TOPIC_RETENTION_AGE(
            "topic.retention-age-in-ms",
            ValueType.number(1, Long.MAX_VALUE / 1_000_000),
            "",
            "how long messages are kept; absent keeps everything"),

    TOPIC_TIMESTAMP_BEFORE_MAX(
            "topic.timestamp-before-max-in-ms",
            ValueType.number(0, Long.MAX_VALUE / 1_000_000),
            "0",
            "messages with a timestamp further in the past are refused; 0 takes any"),
    TOPIC_TIMESTAMP_AFTER_MAX(
            "topic.timestamp-after-max-in-ms",
            ValueType.number(0, Long.MAX_VALUE / 1_000_000),
            "3600000",
            "messages with a timestamp further in the future are refused; 0 takes any"),

    STORAGE_FLUSH_INTERVAL(
            "storage.flush-interval-in-ms",
            ValueType.number(1, 3_600_000),
            "1000",
            "how often topics of durability interval are forced to the disk"),
    STORAGE_RESERVE(
            "storage.reserve-bytes",
            ValueType.number(0, Long.MAX_VALUE),
            "67108864",
            "free space below which messages are refused while reads go on"),
    STORAGE_PRODUCER_EXPIRY(
            "storage.producer-expiration-in-ms",
            ValueType.number(60_000, 315_360_000_000L),
            "86400000",
            "an idempotent producer that sent nothing for so long is forgotten"),
    STORAGE_OPEN_FILES(
            "storage.max-open-files",
            ValueType.number(16, 1_000_000),
            "1024",
            "files the engine keeps open"),
    STORAGE_IO_THREADS(
            "storage.io-threads",
            ValueType.number(1, 64),
            "4",
            "threads that force files to the disk"),

    LIMIT_MESSAGE_BYTES(
            "limits.message-max-bytes",
            ValueType.number(1, 64 << 20),
            "1048576",
            "key, value and headers of one message"),
    LIMIT_REQUEST_BYTES(
            "limits.request-max-bytes",
            ValueType.number(1_024, 256 << 20),
            "8388608",
            "body of one request"),
    LIMIT_BATCH_BYTES(
            "limits.batch-max-bytes",
            ValueType.number(1_024, 128 << 20),
            "4194304",
            "one batch of messages as it is stored"),
    LIMIT_BATCH_RECORDS(
            "limits.batch-max-records",
            ValueType.number(1, 1_000_000),
            "10000",
            "messages in one batch"),
    LIMIT_BATCH_UNCOMPRESSED(
            "limits.batch-max-uncompressed-bytes",
            ValueType.number(1_024, 1 << 30),
            "33554432",
            "one compressed batch once it is unpacked"),
    LIMIT_READ_BYTES(
            "limits.read-max-bytes",
            ValueType.number(1, 128 << 20),
            "4194304",
            "messages in one answer, in bytes; one message is always given"),
    LIMIT_READ_RECORDS(
            "limits.read-max-records",
            ValueType.number(1, 1_000_000),
            "10000",
            "messages in one answer"),
    LIMIT_TOPICS("limits.max-topics", ValueType.number(1, 1_000_000), "10000", "topics"),
    LIMIT_PRODUCERS(
            "limits.max-producers-per-topic",
            ValueType.number(1, 1_000_000),
            "10000",
            "idempotent producers remembered per topic; the one idle for longest is forgotten"),
    LIMIT_CONNECTIONS(
            "limits.max-connections",
            ValueType.number(1, 1_000_000),
            "1024",
            "connections open at one listener"),
    LIMIT_REQUESTS(
            "limits.max-requests-in-flight",
            ValueType.number(1, 1_000_000),
            "2048",
            "requests being served at once"),
    LIMIT_BYTES_IN_FLIGHT(
            "limits.max-bytes-in-flight",
            ValueType.number(1_024, 1L << 40),
            "67108864",
            "bytes of messages taken and not yet answered"),
    LIMIT_WAITING_READS(
            "limits.max-waiting-reads",
            ValueType.number(1, 1_000_000),
            "1024",
            "readers waiting for a message that is not there yet"),
    LIMIT_STREAMS(
            "limits.max-streams",
            ValueType.number(1, 1_000_000),
            "256",
            "event streams and gRPC streams open at once"),
    LIMIT_WAIT(
            "limits.max-wait-in-ms",
            ValueType.number(0, 3_600_000),
            "30000",
            "longest that a read may wait"),
    LIMIT_IDLE(
            "limits.idle-timeout-in-ms",
            ValueType.number(100, 86_400_000),
            "60000",
            "a connection on which nothing moves is closed after this long"),
    LIMIT_SLOW_CLIENT(
            "limits.slow-client-timeout-in-ms",
            ValueType.number(100, 3_600_000),
            "10000",
            "a request must be here, and an answer taken, after this long without progress"),
    LIMIT_DRAIN(
            "limits.drain-timeout-in-ms",
            ValueType.number(0, 3_600_000),
            "10000",
            "how long a node that stops waits for requests in flight");

    /** The scheme of Consul's HTTP API. */
    enum Scheme {
        HTTP,
        HTTPS
    }

    private final String path;
    private final ValueType type;
    private final String defaultText;
    private final String meaning;

    ConfigKey(String path, ValueType type, String defaultText, String meaning) {
        this.path = path;
        this.type = type;
        this.defaultText = defaultText;
        this.meaning = meaning;
    }

    /** As written in config.yml, sections joined by dots: {@code server.grpc-port}. */
    String path() {
        return path;
    }

    String section() {
        return path.substring(0, path.indexOf('.'));
    }

    String leaf() {
        return path.substring(path.indexOf('.') + 1);
    }

    /** {@code LIGNUM_SERVER_GRPC_PORT}. */
    String environmentName() {
        return "LIGNUM_" + path.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    ValueType type() {
        return type;
    }

    /** The default as text; empty for a key that has none. */
    String defaultText() {
        return defaultText;
    }

    String meaning() {
        return meaning;
    }

    boolean isOptional() {
        return defaultText.isEmpty();
    }

    boolean isSecret() {
        return this == CLUSTER_SECRET || this == CONSUL_ACL_TOKEN;
    }

    static Optional<ConfigKey> of(String path) {
        return Arrays.stream(values()).filter(key -> key.path.equals(path)).findFirst();
    }
}
