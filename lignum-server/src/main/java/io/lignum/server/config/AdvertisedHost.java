package io.lignum.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * The host that other nodes and clients use for this node. Without a shared secret a node must not
 * be reachable from other hosts (R12), so only a loopback address is accepted then.
 */
final class AdvertisedHost {

    private static final String LOOPBACK = "127.0.0.1";

    private final Settings settings;

    AdvertisedHost(Settings settings) {
        this.settings = settings;
    }

    /**
     * {@code node.advertised-host} if set, else {@code server.host}; if that is a wildcard, this
     * host's name.
     */
    String value() {
        Optional<String> given = settings.optionalText(ConfigKey.NODE_ADVERTISED_HOST);
        if (given.isPresent()) {
            return given.get();
        }
        String bound = settings.text(ConfigKey.SERVER_HOST);
        if (!isWildcard(bound)) {
            return bound;
        }
        return staysHere() ? LOOPBACK : hostName().orElse(LOOPBACK);
    }

    void check() {
        if (isGuessed() && !staysHere() && hostName().isEmpty()) {
            settings.problem(
                    "%s is not set, %s is a wildcard and this host's name does not resolve;"
                                    .formatted(
                                            ConfigKey.NODE_ADVERTISED_HOST.path(),
                                            settings.shown(ConfigKey.SERVER_HOST))
                            + " set it to the name or address at which the other nodes reach this one");
            return;
        }
        String host = value();
        if (!hasSecret() && !isLoopback(host)) {
            settings.problem(
                    ("%s is not set, and other nodes would reach this node at %s: set the same secret on"
                                    + " all nodes; or, if all of them run on this host, set %s to %s")
                            .formatted(
                                    ConfigKey.CLUSTER_SECRET.path(),
                                    Shown.text(host),
                                    ConfigKey.NODE_ADVERTISED_HOST.path(),
                                    LOOPBACK));
        }
    }

    /** Returns a hint if the cluster is limited to this host because it has no secret. */
    Optional<String> hint() {
        if (hasSecret()) {
            return Optional.empty();
        }
        return Optional.of(
                "%s is not set: only nodes on this host can join the cluster; for nodes on other hosts set"
                                .formatted(ConfigKey.CLUSTER_SECRET.path())
                        + " the same secret on all nodes");
    }

    private boolean isGuessed() {
        return settings.optionalText(ConfigKey.NODE_ADVERTISED_HOST).isEmpty()
                && isWildcard(settings.text(ConfigKey.SERVER_HOST));
    }

    /**
     * Whether the settings describe a cluster on this host only: no secret, and Consul on this
     * host.
     */
    private boolean staysHere() {
        return !hasSecret() && isLoopback(settings.text(ConfigKey.CONSUL_HOST));
    }

    private boolean hasSecret() {
        return new SecretSettings(settings).isGiven(ConfigKey.CLUSTER_SECRET);
    }

    private static boolean isWildcard(String host) {
        try {
            return InetAddress.getByName(host).isAnyLocalAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static Optional<String> hostName() {
        try {
            return Optional.of(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
