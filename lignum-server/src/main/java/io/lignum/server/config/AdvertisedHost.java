package io.lignum.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * What others reach this node by. Nodes that share no secret must not be reachable from other hosts
 * (R12), so that without one only the loopback will do.
 */
final class AdvertisedHost {

    private static final String LOOPBACK = "127.0.0.1";

    private final Settings settings;

    AdvertisedHost(Settings settings) {
        this.settings = settings;
    }

    /** As given, else the address that is bound; where that is any, this host's name. */
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
                            + " set it to the name or address that the other nodes reach this one by");
            return;
        }
        String host = value();
        if (!hasSecret() && !isLoopback(host)) {
            settings.problem(
                    ("%s is not set, and this node would be reached by %s: set the same secret on"
                                    + " all nodes; or, if all of them are on this host, set %s to %s")
                            .formatted(
                                    ConfigKey.CLUSTER_SECRET.path(),
                                    Shown.text(host),
                                    ConfigKey.NODE_ADVERTISED_HOST.path(),
                                    LOOPBACK));
        }
    }

    /** What somebody who wants more than one host should know. */
    Optional<String> hint() {
        if (hasSecret()) {
            return Optional.empty();
        }
        return Optional.of(
                "%s is not set: only nodes on this host can be in the cluster; for more hosts set"
                                .formatted(ConfigKey.CLUSTER_SECRET.path())
                        + " the same secret on all nodes");
    }

    private boolean isGuessed() {
        return settings.optionalText(ConfigKey.NODE_ADVERTISED_HOST).isEmpty()
                && isWildcard(settings.text(ConfigKey.SERVER_HOST));
    }

    /** Without a secret, and with Consul on this host: a cluster of this host alone. */
    private boolean staysHere() {
        return !hasSecret() && isLoopback(settings.text(ConfigKey.CONSUL_HOST));
    }

    private boolean hasSecret() {
        return settings.optionalText(ConfigKey.CLUSTER_SECRET).isPresent();
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
