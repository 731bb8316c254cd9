package io.lignum.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks conditions between keys, and finds values that are valid but probably not intended. */
final class ConfigRules {

    private static final long SMALL_FILES = 1_000;

    private final Settings settings;
    private final AdvertisedHost address;

    ConfigRules(Settings settings) {
        this.settings = settings;
        this.address = new AdvertisedHost(settings);
    }

    void check() {
        checkPath(ConfigKey.MESSAGE_DATA_DIR);
        ConsulRules.tlsFiles().forEach(this::checkPath);
        checkPath(ConfigKey.SECURITY_BOOTSTRAP_USER_FILE);
        checkPath(ConfigKey.AUDIT_FILE);
        checkPath(ConfigKey.CLUSTER_SECRET_FILE);
        checkPath(ConfigKey.CLUSTER_OTHER_SECRETS_FILE);
        checkPath(ConfigKey.CONSUL_ACL_TOKEN_FILE);
        TlsSettings.files().forEach(this::checkPath);
        new TlsSettings(settings).check();
        new SecretSettings(settings).check();
        checkTimes();
        checkPorts();
        checkCluster();
        notAbove(ConfigKey.LIMIT_MESSAGE_BYTES, ConfigKey.LIMIT_BATCH_BYTES);
        notAbove(ConfigKey.LIMIT_MESSAGE_BYTES, ConfigKey.LIMIT_REQUEST_BYTES);
        notAbove(ConfigKey.LIMIT_REQUEST_BYTES, ConfigKey.LIMIT_BYTES_IN_FLIGHT);
        notAbove(ConfigKey.LIMIT_BATCH_BYTES, ConfigKey.LIMIT_BYTES_IN_FLIGHT);
        notAbove(ConfigKey.LIMIT_BATCH_BYTES, ConfigKey.TOPIC_SEGMENT_BYTES);
    }

    private void checkPath(ConfigKey key) {
        boolean relative = settings.optionalText(key)
                .map(path -> !Path.of(path).isAbsolute())
                .orElse(false);
        if (relative && !WorkingDirectory.isExpressible()) {
            settings.problem(settings.shown(key) + ": " + WorkingDirectory.problem());
        }
    }

    private void checkTimes() {
        notAbove(ConfigKey.CONSUL_SESSION_RENEWAL, ConfigKey.CONSUL_SESSION_TTL);
        long interval = settings.number(ConfigKey.FOLLOWER_HEALTHCHECK_INTERVAL) * 1_000;
        if (settings.number(ConfigKey.FOLLOWER_PING_TIMEOUT) > interval) {
            settings.problem("%s: is longer than the interval between checks, %s; make it shorter"
                    .formatted(
                            settings.shown(ConfigKey.FOLLOWER_PING_TIMEOUT),
                            settings.shown(ConfigKey.FOLLOWER_HEALTHCHECK_INTERVAL)));
        }
    }

    private void checkPorts() {
        notSame(ConfigKey.SERVER_PORT, ConfigKey.SERVER_GRPC_PORT);
        notSame(ConfigKey.SERVER_PORT, ConfigKey.REPLICATION_PORT);
        notSame(ConfigKey.SERVER_GRPC_PORT, ConfigKey.REPLICATION_PORT);
    }

    private void notSame(ConfigKey left, ConfigKey right) {
        long port = settings.number(left);
        if (port != 0 && port == settings.number(right)) {
            settings.problem("%s: is the same port as %s; give each its own"
                    .formatted(settings.shown(left), settings.shown(right)));
        }
    }

    private void notAbove(ConfigKey lesser, ConfigKey greater) {
        if (settings.number(lesser) > settings.number(greater)) {
            settings.problem("%s: is above %s; lower the first or raise the second"
                    .formatted(settings.shown(lesser), settings.shown(greater)));
        }
    }

    private void checkCluster() {
        longerThan(
                ConfigKey.REPLICATION_LAG_LIMIT,
                settings.millis(ConfigKey.REPLICATION_LAG_LIMIT),
                ConfigKey.FOLLOWER_HEALTHCHECK_INTERVAL,
                settings.seconds(ConfigKey.FOLLOWER_HEALTHCHECK_INTERVAL));
        longerThan(
                ConfigKey.REPLICATION_LAG_LIMIT,
                settings.millis(ConfigKey.REPLICATION_LAG_LIMIT),
                ConfigKey.REPLICATION_TIMEOUT,
                settings.millis(ConfigKey.REPLICATION_TIMEOUT));
        longerThan(
                ConfigKey.REPLICATION_COMMIT_TIMEOUT,
                settings.millis(ConfigKey.REPLICATION_COMMIT_TIMEOUT),
                ConfigKey.REPLICATION_TIMEOUT,
                settings.millis(ConfigKey.REPLICATION_TIMEOUT));
        new ConsulRules(settings).check();
        if (settings.isClustered()) {
            address.check();
        }
    }

    private void longerThan(ConfigKey longer, Duration given, ConfigKey other, Duration least) {
        if (given.compareTo(least) <= 0) {
            settings.problem("%s: is not longer than %s; raise the first or lower the second"
                    .formatted(settings.shown(longer), settings.shown(other)));
        }
    }

    /** Hints about settings that are in force but probably not intended. */
    List<String> hints() {
        List<String> hints = new ArrayList<>();
        if (settings.number(ConfigKey.MESSAGE_SIZE_PER_TOPIC) < SMALL_FILES) {
            hints.add("%s: is accepted, but makes many small files; %s is a better value"
                    .formatted(
                            settings.shown(ConfigKey.MESSAGE_SIZE_PER_TOPIC),
                            ConfigKey.MESSAGE_SIZE_PER_TOPIC.defaultText()));
        }
        if (settings.isClustered()) {
            address.hint().ifPresent(hints::add);
            new SecretSettings(settings).hint().ifPresent(hints::add);
            new ConsulRules(settings).hint().ifPresent(hints::add);
        }
        new TlsSettings(settings).hint().ifPresent(hints::add);
        return hints;
    }
}
