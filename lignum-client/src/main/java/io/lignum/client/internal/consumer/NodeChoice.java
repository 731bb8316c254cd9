package io.lignum.client.internal.consumer;

import io.lignum.client.internal.net.Address;
import io.lignum.client.internal.net.ClusterMetadata;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Chooses the node that a consumer reads from: the preferred one, or the leader, which has new
 * records first, or any. It avoids nodes that failed until all have been tried. One thread at a
 * time.
 */
final class NodeChoice {

    private final ClusterMetadata nodes;
    private final Optional<String> preferred;
    private final Set<Address> avoided = new HashSet<>();

    NodeChoice(ClusterMetadata nodes, Optional<String> preferred) {
        this.nodes = nodes;
        this.preferred = preferred;
    }

    /** The node to read from now. */
    Address next() {
        List<Address> order = nodes.toRead(preferred);
        for (Address address : order) {
            if (!avoided.contains(address)) {
                return address;
            }
        }
        avoided.clear();
        return order.get(0);
    }

    /** The node failed. Try others first. */
    void avoid(Address address) {
        avoided.add(address);
    }

    /** The node works. The others may have recovered by the time they are needed. */
    void good(Address address) {
        nodes.answered(address);
        avoided.clear();
    }

    /** Whether another node would be better than this one, which works. */
    boolean isBetterElsewhere(Address at) {
        boolean wanted = preferred.isPresent()
                ? preferred.flatMap(nodes::resolve).isPresent()
                : nodes.leader().isPresent();
        return wanted && !next().equals(at);
    }
}
