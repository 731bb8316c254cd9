package io.lignum.server.config;

import io.lignum.cluster.ClusterConfig;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.transport.PeerTls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The settings that only a node of a cluster has. Immutable. */
public final class ClusterSettings {

    private static final int MISSED_CHECKS = 3;

    private final Settings settings;

    ClusterSettings(Settings settings) {
        this.settings = settings;
    }

    /**
     * The Consul agent.
     *
     * @param datacenter empty: the agent's datacenter
     * @param aclToken empty: no token is sent
     * @param caFile trusted CA certificates, PEM; empty: those of the JVM
     */
    public record Consul(
            boolean tls,
            String host,
            int port,
            Optional<String> datacenter,
            Optional<String> aclToken,
            Optional<Path> caFile) {

        /** Leaves the token out. */
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
                new SecretSettings(settings).value(ConfigKey.CONSUL_ACL_TOKEN),
                settings.optionalText(ConfigKey.CONSUL_TLS_CA_FILE).map(Path::of));
    }

    /** The secret that the nodes share; empty: only peers on this host are accepted. */
    public Optional<String> secret() {
        return new SecretSettings(settings).value(ConfigKey.CLUSTER_SECRET);
    }

    /** Whether nodes use TLS among themselves. */
    public PeerTls.Mode tls() {
        return settings.choice(ConfigKey.CLUSTER_TLS, PeerTls.Mode.class);
    }

    public String clusterName() {
        return settings.text(ConfigKey.CLUSTER_NAME);
    }

    /** The address that the internal port is bound to: that of the other listeners. */
    public String bindHost() {
        return settings.text(ConfigKey.SERVER_HOST);
    }

    /** The internal port; 0 lets the system choose a free one. */
    public int internalPort() {
        return settings.whole(ConfigKey.REPLICATION_PORT);
    }

    /** The largest batch in a message between nodes, in bytes. The store accepts no larger ones. */
    public int maxBatchBytes() {
        return settings.whole(ConfigKey.LIMIT_BATCH_BYTES) + ServerConfig.BATCH_HEADROOM_BYTES;
    }

    /** The host that other nodes and clients use for this node. */
    public String advertisedHost() {
        return new AdvertisedHost(settings).value();
    }

    /**
     * Time without an answer after which a node counts as not responsive: three intervals and the
     * timeout (R13).
     */
    private Duration silence() {
        return settings.seconds(ConfigKey.FOLLOWER_HEALTHCHECK_INTERVAL)
                .multipliedBy(MISSED_CHECKS)
                .plus(settings.millis(ConfigKey.FOLLOWER_PING_TIMEOUT));
    }

    /** Returns the configuration of the cluster's node, once its ports are bound. */
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
