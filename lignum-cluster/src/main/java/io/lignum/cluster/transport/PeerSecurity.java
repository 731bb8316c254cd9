package io.lignum.cluster.transport;

import java.util.Optional;

/**
 * What peers must prove to each other. Nothing is encrypted: the secret keeps strangers out, it
 * does not keep what is said from those who can listen on the network.
 *
 * @param secret known to all nodes of the cluster and never sent; long and random, because whoever
 *     reaches the port can try guesses on what he was answered. Empty: only loopback addresses are
 *     let in and connected to
 * @param clusterName nodes of other clusters are refused
 */
public record PeerSecurity(Optional<String> secret, String clusterName) {

    public PeerSecurity {
        if (secret.isPresent() && secret.get().isBlank()) {
            throw new IllegalArgumentException("the cluster's secret is blank");
        }
    }

    /** The secret must not get into a log. */
    @Override
    public String toString() {
        return "PeerSecurity[" + clusterName + (secret.isPresent() ? ", secret]" : ", no secret]");
    }
}
