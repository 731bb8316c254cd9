package io.lignum.cluster.transport;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * What peers must prove to each other. The secret keeps strangers from taking part, not from
 * reading the traffic; {@link PeerTls} does that.
 *
 * @param secrets known to all nodes of the cluster and never sent; must be long and random, because
 *     everybody who reaches the port can test guesses against its answers. Asked for each
 *     handshake, on the network's thread. Without a secret connections are made from and to
 *     loopback addresses only; whether there is one does not change
 * @param clusterName nodes of other clusters are refused
 */
public record PeerSecurity(Supplier<PeerSecrets> secrets, String clusterName) {

    /** A secret that does not change; empty: none. */
    public PeerSecurity(Optional<String> secret, String clusterName) {
        this(fixed(PeerSecrets.of(secret)), clusterName);
    }

    private static Supplier<PeerSecrets> fixed(PeerSecrets secrets) {
        return () -> secrets;
    }

    boolean isLoopbackOnly() {
        return secrets.get().own().isEmpty();
    }

    /** The secrets must not get into a log. */
    @Override
    public String toString() {
        return "PeerSecurity[" + clusterName + ", " + secrets.get() + "]";
    }
}
