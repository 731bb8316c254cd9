package io.lignum.cluster.internal.state;

import io.lignum.cluster.peer.Member;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * The cluster's configuration, stored with the coordinator under one key that is never locked.
 * Every change is one compare-and-set with a new version and nonce: a write of an equal value could
 * not be detected (V15).
 *
 * @param version number of changes since the coordinator has the state
 * @param clusterId set when the cluster is founded, never changed
 * @param epoch of the last election; strictly increasing
 * @param leader the node that won it; empty after it gave up the leadership
 * @param isr the in-sync replicas, which can be elected
 * @param minIsr least number of in-sync replicas
 * @param transferTo id of the node that should lead next; the others wait a moment for it
 * @param uncleanEpoch epoch of an operator's unclean recovery, which allows truncations below the
 *     high watermark
 */
public record ClusterState(
        long version,
        String nonce,
        UUID clusterId,
        int epoch,
        Optional<Leader> leader,
        List<Member> isr,
        int minIsr,
        Optional<String> transferTo,
        OptionalInt uncleanEpoch) {

    /** A leader, and the session that holds its lock. */
    public record Leader(Member member, String session) {}

    public ClusterState {
        isr = List.copyOf(isr);
        if (isr.isEmpty()) {
            throw new IllegalArgumentException("isr is empty: no node could be elected");
        }
        if (minIsr < 1 || minIsr > isr.size()) {
            throw new IllegalArgumentException(
                    "min_isr is " + minIsr + ", must be 1 to " + isr.size() + ", the size of isr");
        }
    }

    public static ClusterState founded(UUID clusterId, Leader founder, String nonce) {
        return new ClusterState(
                1,
                nonce,
                clusterId,
                1,
                Optional.of(founder),
                List.of(founder.member()),
                1,
                Optional.empty(),
                OptionalInt.empty());
    }

    public ClusterState elected(Leader winner, String newNonce) {
        return new ClusterState(
                version + 1,
                newNonce,
                clusterId,
                epoch + 1,
                Optional.of(winner),
                isr,
                minIsr,
                Optional.empty(),
                uncleanEpoch);
    }

    public ClusterState withIsr(List<Member> newIsr, int newMinIsr, String newNonce) {
        return new ClusterState(
                version + 1,
                newNonce,
                clusterId,
                epoch,
                leader,
                newIsr,
                newMinIsr,
                transferTo,
                uncleanEpoch);
    }

    /** All nodes agree again: no truncation below a high watermark is allowed any more. */
    ClusterState clean() {
        return new ClusterState(
                version,
                nonce,
                clusterId,
                epoch,
                leader,
                isr,
                minIsr,
                transferTo,
                OptionalInt.empty());
    }

    /** The leader gives up its leadership. */
    public ClusterState handedOver(Optional<String> to, String newNonce) {
        return new ClusterState(
                version + 1,
                newNonce,
                clusterId,
                epoch,
                Optional.empty(),
                isr,
                minIsr,
                to,
                uncleanEpoch);
    }

    /** An operator decided that the cluster continues with this member alone. */
    public static ClusterState recovered(
            long version, UUID clusterId, Member survivor, int epoch, String nonce) {
        return new ClusterState(
                version,
                nonce,
                clusterId,
                epoch,
                Optional.empty(),
                List.of(survivor),
                1,
                Optional.of(survivor.nodeId()),
                OptionalInt.empty());
    }

    /** An operator accepts truncations below a high watermark in this epoch. */
    public ClusterState unclean() {
        return new ClusterState(
                version,
                nonce,
                clusterId,
                epoch,
                leader,
                isr,
                minIsr,
                transferTo,
                OptionalInt.of(epoch));
    }

    public boolean isLedBy(Member member, String session) {
        return leader.equals(Optional.of(new Leader(member, session)));
    }

    public boolean hasInSync(Member member) {
        return isr.contains(member);
    }

    /**
     * The in-sync replicas with {@code member}, which replaces an earlier incarnation of its node.
     */
    public List<Member> isrWith(Member member) {
        List<Member> with = new ArrayList<>(isr);
        with.removeIf(other -> other.nodeId().equals(member.nodeId()));
        with.add(member);
        return with;
    }

    public List<Member> isrWithout(String nodeId) {
        return isr.stream().filter(member -> !member.nodeId().equals(nodeId)).toList();
    }
}
