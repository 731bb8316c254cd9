package io.lignum.server.config;

import io.lignum.cluster.ClusterConfig;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.transport.PeerSecrets;
import io.lignum.cluster.transport.PeerTls;
import io.lignum.server.tls.ConsulTls;

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
     * @param tls empty: plain HTTP
     * @param datacenter empty: the agent's datacenter
     */
    public record Consul(
            String host, int port, Optional<ConsulTls.Sources> tls, Optional<String> datacenter) {

        /** The address. */
        @Override
        public String toString() {
            return (tls.isPresent() ? "https://" : "http://") + host + ":" + port;
        }
    }

    public Consul consul() {
        return new Consul(
                settings.text(ConfigKey.CONSUL_HOST),
                settings.whole(ConfigKey.CONSUL_PORT),
                new ConsulRules(settings).tls(),
                settings.optionalText(ConfigKey.CONSUL_DATACENTER));
    }

    /**
     * The token for the Consul agent, read from its file now; empty: none is sent. Blocks.
     *
     * @throws ConfigException the file cannot be used
     */
    public Optional<String> consulToken() {
        return new SecretSettings(settings).value(ConfigKey.CONSUL_ACL_TOKEN);
    }

    /** Whether what the agent demands stands in files, which may change. */
    public boolean hasConsulFiles() {
        return settings.optionalText(ConfigKey.CONSUL_ACL_TOKEN_FILE).isPresent()
                || consul().tls().isPresent();
    }

    /** Whether the nodes share a secret; without one only peers on this host are accepted. */
    public boolean hasSecret() {
        return new SecretSettings(settings).isGiven(ConfigKey.CLUSTER_SECRET);
    }

    /** Whether secrets of the cluster stand in files, which may change. */
    public boolean hasSecretFiles() {
        return settings.optionalText(ConfigKey.CLUSTER_SECRET_FILE).isPresent()
                || settings.optionalText(ConfigKey.CLUSTER_OTHER_SECRETS_FILE).isPresent();
    }

    /**
     * The secrets that the nodes share, read from their files now. Blocks.
     *
     * @throws ConfigException a file cannot be used
     */
    public PeerSecrets secrets() {
        return new SecretSettings(settings).ofPeers();
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
