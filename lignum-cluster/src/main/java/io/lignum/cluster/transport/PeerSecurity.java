package io.lignum.cluster.transport;

import java.util.Optional;

/**
 * What peers must prove to each other. The secret keeps strangers from taking part, not from
 * reading the traffic; {@link PeerTls} does that.
 *
 * @param secret known to all nodes of the cluster and never sent; must be long and random, because
 *     everybody who reaches the port can test guesses against its answers. Empty: connections from
 *     and to loopback addresses only
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
