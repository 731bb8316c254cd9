package io.lignum.client.internal.consumer;

import io.lignum.client.internal.net.Address;
import io.lignum.client.internal.net.ClusterMetadata;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which node a reader goes to: the one that it prefers, else the leader, which has everything
 * first, else any; and not to one that was of no use until all have been tried. One thread at a
 * time.
 */
final class NodeChoice {

    private final ClusterMetadata nodes;
    private final Optional<String> preferred;
    private final Set<Address> useless = new HashSet<>();

    NodeChoice(ClusterMetadata nodes, Optional<String> preferred) {
        this.nodes = nodes;
        this.preferred = preferred;
    }

    /** The node to go to now. */
    Address next() {
        List<Address> order = nodes.toRead(preferred);
        for (Address address : order) {
            if (!useless.contains(address)) {
                return address;
            }
        }
        useless.clear();
        return order.get(0);
    }

    /** Another one is to be tried. */
    void avoid(Address address) {
        useless.add(address);
    }

    /** A node does what it should; the others may have recovered by the time they are needed. */
    void good(Address address) {
        nodes.answered(address);
        useless.clear();
    }

    /** Whether another node would be better than this one, which works. */
    boolean isBetterElsewhere(Address at) {
        boolean wanted = preferred.isPresent()
                ? preferred.flatMap(nodes::resolve).isPresent()
                : nodes.leader().isPresent();
        return wanted && !next().equals(at);
    }
}
