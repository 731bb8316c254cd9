package io.lignum.server.config;

import java.util.ArrayList;
import java.util.List;

/** What must hold between keys, and values that are allowed but probably not meant. */
final class ConfigRules {

    private static final long SMALL_FILES = 1_000;

    private final Settings settings;

    ConfigRules(Settings settings) {
        this.settings = settings;
    }

    void check() {
        checkTimes();
        checkPorts();
        notAbove(ConfigKey.LIMIT_MESSAGE_BYTES, ConfigKey.LIMIT_BATCH_BYTES);
        notAbove(ConfigKey.LIMIT_MESSAGE_BYTES, ConfigKey.LIMIT_REQUEST_BYTES);
        notAbove(ConfigKey.LIMIT_REQUEST_BYTES, ConfigKey.LIMIT_BYTES_IN_FLIGHT);
        notAbove(ConfigKey.LIMIT_BATCH_BYTES, ConfigKey.LIMIT_BYTES_IN_FLIGHT);
        notAbove(ConfigKey.LIMIT_BATCH_BYTES, ConfigKey.TOPIC_SEGMENT_BYTES);
    }

    private void checkTimes() {
        notAbove(ConfigKey.CONSUL_SESSION_RENEWAL, ConfigKey.CONSUL_SESSION_TTL);
        long interval = settings.number(ConfigKey.FOLLOWER_HEALTHCHECK_INTERVAL) * 1_000;
        if (settings.number(ConfigKey.FOLLOWER_PING_TIMEOUT) > interval) {
            settings.problem("%s: is longer than the pause between checks, %s; make it shorter"
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

    /** Refuses what this release cannot do. */
    static void refuseConsul(Settings settings, List<RawSetting> sections) {
        String origin = sections.stream()
                .filter(section -> section.path().equals("consul"))
                .map(RawSetting::origin)
                .findFirst()
                .orElse(givenConsulKey(settings));
        if (!origin.isEmpty()) {
            settings.problem("consul (" + origin + "): this release cannot form a cluster; "
                    + "to run a standalone node, remove the whole consul section "
                    + "or comment it out");
        }
    }

    private static String givenConsulKey(Settings settings) {
        for (ConfigKey key : ConfigKey.values()) {
            if (key.section().equals("consul") && settings.isGiven(key)) {
                return settings.setting(key).origin();
            }
        }
        return "";
    }

    /** Settings that are obeyed, with the reason why somebody may want to change them. */
    List<String> hints() {
        List<String> hints = new ArrayList<>();
        if (settings.number(ConfigKey.MESSAGE_SIZE_PER_TOPIC) < SMALL_FILES) {
            hints.add("%s: is obeyed, and makes very many small files; %s is a better start"
                    .formatted(
                            settings.shown(ConfigKey.MESSAGE_SIZE_PER_TOPIC),
                            ConfigKey.MESSAGE_SIZE_PER_TOPIC.defaultText()));
        }
        return hints;
    }
}
