package io.lignum.cluster.internal.state;

import io.lignum.cluster.peer.Member;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * The rules for adding and removing in-sync replicas (R16, R17, R35). Pure.
 *
 * @param minInSync the configured minimum; empty: a majority
 * @param lagLimit how long a member that is behind may make no durable progress
 */
public record IsrPolicy(OptionalInt minInSync, Duration lagLimit) {

    /**
     * What the leader knows about one follower.
     *
     * @param registered whether its incarnation is the one registered with the coordinator
     * @param complete whether it has acknowledged everything that an in-sync replica must have
     *     (R16)
     * @param stalledNanos time since its last durable progress in a topic in which it is behind; 0
     *     if it is behind in none
     * @param alive whether its session holds its key
     */
    public record Standing(
            Member member,
            boolean registered,
            boolean complete,
            long stalledNanos,
            boolean alive,
            boolean decommissioned) {}

    /**
     * The state with the member added, in place of an older incarnation of its node; empty if it
     * may not be added or is a member already.
     */
    public Optional<ClusterState> add(
            ClusterState state, Standing standing, int nodes, String nonce) {
        Member member = standing.member();
        boolean fit = standing.registered()
                && standing.complete()
                && standing.alive()
                && !standing.decommissioned();
        if (!fit || state.hasInSync(member)) {
            return Optional.empty();
        }
        List<Member> isr = state.isrWith(member);
        int target = target(nodes);
        int min = isr.size() >= target ? Math.max(state.minIsr(), target) : state.minIsr();
        ClusterState with = state.withIsr(isr, Math.min(min, isr.size()), nonce);
        return Optional.of(isr.size() >= nodes ? with.clean() : with);
    }

    /** The least number of in-sync replicas, once there are enough nodes. */
    public int target(int nodes) {
        return minInSync.orElse(nodes / 2 + 1);
    }

    /** Whether a member must be removed: its process has ended, or it makes no progress. */
    public boolean isLost(Standing standing) {
        return !standing.alive() || standing.stalledNanos() > lagLimit.toNanos();
    }

    /**
     * The state without lost members. The number never falls below the minimum; commits wait
     * instead (R17).
     *
     * @param lost whether a member must be removed
     */
    public static Optional<ClusterState> remove(
            ClusterState state, Predicate<Member> lost, String leaderId, String nonce) {
        ClusterState after = state;
        for (Member member : state.isr()) {
            String id = member.nodeId();
            if (!id.equals(leaderId) && lost.test(member) && after.isr().size() > after.minIsr()) {
                after = state.withIsr(after.isrWithout(id), after.minIsr(), nonce);
            }
        }
        return after.isr().size() == state.isr().size() ? Optional.empty() : Optional.of(after);
    }

    /**
     * The state without a node, for good. The minimum is lowered to what the remaining nodes
     * require and can satisfy (R35).
     */
    public Optional<ClusterState> decommission(
            ClusterState state, String nodeId, int nodesLeft, String nonce) {
        List<Member> isr = state.isrWithout(nodeId);
        int demanded = Math.min(target(nodesLeft), isr.size());
        int min = Math.max(1, Math.min(state.minIsr(), demanded));
        boolean same = isr.size() == state.isr().size() && min == state.minIsr();
        return same || isr.isEmpty()
                ? Optional.empty()
                : Optional.of(state.withIsr(isr, min, nonce));
    }
}
