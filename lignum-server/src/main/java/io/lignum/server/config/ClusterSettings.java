package io.lignum.server.config;

import io.lignum.cluster.ClusterConfig;
import io.lignum.cluster.peer.NodeAddress;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What a node of a cluster is told beside a standalone one's settings. Immutable. */
public final class ClusterSettings {

    private static final int MISSED_CHECKS = 3;

    private final Settings settings;

    ClusterSettings(Settings settings) {
        this.settings = settings;
    }

    /**
     * Where the coordinator is.
     *
     * @param datacenter empty: the agent's own
     * @param aclToken empty: none is sent
     * @param caFile PEM, of those who may have signed the agent's certificate; empty: the JVM's own
     */
    public record Consul(
            boolean tls,
            String host,
            int port,
            Optional<String> datacenter,
            Optional<String> aclToken,
            Optional<Path> caFile) {

        /** Without the token. */
        @Override
        public String toString() {
            return (tls ? "https://" : "http://") + host + ":" + port;
        }
    }

    public Consul consul() {
        return new Consul(
                settings.choice(ConfigKey.CONSUL_SCHEME, ConfigKey.Scheme.class)
                        == ConfigKey.Scheme.HTTPS,
                settings.text(ConfigKey.CONSUL_HOST),
                settings.whole(ConfigKey.CONSUL_PORT),
                settings.optionalText(ConfigKey.CONSUL_DATACENTER),
                settings.optionalText(ConfigKey.CONSUL_ACL_TOKEN),
                settings.optionalText(ConfigKey.CONSUL_TLS_CA_FILE).map(Path::of));
    }

    /** Shared by the nodes; empty: peers are taken from this host only. */
    public Optional<String> secret() {
        return settings.optionalText(ConfigKey.CLUSTER_SECRET);
    }

    public String clusterName() {
        return settings.text(ConfigKey.CLUSTER_NAME);
    }

    /** The internal port binds to the address that the listeners bind to. */
    public String bindHost() {
        return settings.text(ConfigKey.SERVER_HOST);
    }

    /** 0 asks the system for a free port. */
    public int internalPort() {
        return settings.whole(ConfigKey.REPLICATION_PORT);
    }

    /**
     * The largest batches in one message between nodes, in bytes; the store takes no larger ones.
     */
    public int maxBatchBytes() {
        return settings.whole(ConfigKey.LIMIT_BATCH_BYTES) + ServerConfig.BATCH_HEADROOM_BYTES;
    }

    /** What others reach this node by. */
    public String advertisedHost() {
        return new AdvertisedHost(settings).value();
    }

    /**
     * Two checks in a row may fail and the third take its time before a node counts as silent
     * (R13).
     */
    private Duration silence() {
        return settings.seconds(ConfigKey.FOLLOWER_HEALTHCHECK_INTERVAL)
                .multipliedBy(MISSED_CHECKS)
                .plus(settings.millis(ConfigKey.FOLLOWER_PING_TIMEOUT));
    }

    /** What the cluster's node is started with, once the ports are bound. */
    public ClusterConfig node(NodeAddress address) {
        OptionalLong minInSync = settings.optionalNumber(ConfigKey.CLUSTER_MIN_IN_SYNC);
        return new ClusterConfig(
                settings.optionalText(ConfigKey.NODE_ID),
                clusterName(),
                settings.text(ConfigKey.SERVER_SERVICE_KEY),
                settings.optionalText(ConfigKey.CONSUL_SERVICE_NAME).orElse(clusterName()),
                address,
                Path.of(settings.text(ConfigKey.MESSAGE_DATA_DIR)),
                minInSync.isPresent()
                        ? OptionalInt.of((int) minInSync.getAsLong())
                        : OptionalInt.empty(),
                settings.seconds(ConfigKey.CONSUL_SESSION_TTL),
                settings.seconds(ConfigKey.CONSUL_SESSION_RENEWAL),
                settings.millis(ConfigKey.CONSUL_LOCK_DELAY),
                settings.millis(ConfigKey.CONSUL_ELECTION_INTERVAL),
                settings.seconds(ConfigKey.FOLLOWER_HEALTHCHECK_INTERVAL),
                silence(),
                settings.seconds(ConfigKey.FOLLOWER_LEADER_CHECK),
                settings.whole(ConfigKey.REPLICATION_QUEUE),
                settings.millis(ConfigKey.REPLICATION_TIMEOUT),
                settings.millis(ConfigKey.REPLICATION_LAG_LIMIT),
                settings.seconds(ConfigKey.REPLICATION_SYNC_INTERVAL),
                settings.millis(ConfigKey.REPLICATION_COMMIT_TIMEOUT));
    }
}
