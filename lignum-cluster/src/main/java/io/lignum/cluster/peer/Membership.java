package io.lignum.cluster.peer;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The cluster's members as a node knows them without the coordinator; {@code recover} uses it after
 * the coordinator lost its data (R38). Immutable.
 *
 * @param epoch of the newest cluster state that the node has seen; 0: it has seen none
 * @param version of that state
 * @param minIsr least number of in-sync replicas in that state
 * @param inSync the in-sync replicas of that state
 * @param nodes all nodes that were ever registered, ordered by id
 */
public record Membership(
        int epoch, long version, int minIsr, List<Member> inSync, List<Known> nodes) {

    /** Further nodes are not stored. */
    public static final int MAX_NODES = 1_000;

    /** Nothing is known. */
    public static final Membership NONE = new Membership(0, 0, 1, List.of(), List.of());

    /**
     * A node that was registered.
     *
     * @param address where it was reached last
     * @param decommissioned removed from the cluster for good
     */
    public record Known(String nodeId, NodeAddress address, boolean decommissioned) {}

    public Membership {
        inSync = List.copyOf(inSync);
        nodes = List.copyOf(nodes);
    }

    /** Whether the node has seen a state of the cluster. */
    public boolean isKnown() {
        return epoch > 0;
    }

    /** Whether a state of this epoch and version is newer than the known one. */
    public boolean isOlderThan(int otherEpoch, long otherVersion) {
        return epoch != otherEpoch ? epoch < otherEpoch : version < otherVersion;
    }

    /** Adds the nodes of another membership, and takes the in-sync replicas of the newer one. */
    public Membership merge(Membership other) {
        Membership younger = isOlderThan(other.epoch, other.version) ? other : this;
        TreeMap<String, Known> all = new TreeMap<>();
        nodes.forEach(node -> all.put(node.nodeId(), node));
        for (Known node : other.nodes) {
            Known before = all.get(node.nodeId());
            if (before != null || all.size() < MAX_NODES) {
                boolean decommissioned = node.decommissioned()
                        || (before != null && before.decommissioned()); // never undone
                all.put(node.nodeId(), new Known(node.nodeId(), node.address(), decommissioned));
            }
        }
        return new Membership(
                younger.epoch,
                younger.version,
                younger.minIsr,
                younger.inSync,
                List.copyOf(all.values()));
    }

    /** A node that was ever registered. */
    public Optional<Known> find(String nodeId) {
        return nodes.stream().filter(node -> node.nodeId().equals(nodeId)).findFirst();
    }

    /** The nodes that are not decommissioned. */
    public List<Known> members() {
        return nodes.stream().filter(Predicate.not(Known::decommissioned)).toList();
    }

    /** The incarnation of a node that was in sync. */
    public Optional<Member> findInSync(String nodeId) {
        return inSync.stream().filter(member -> member.nodeId().equals(nodeId)).findFirst();
    }
}
