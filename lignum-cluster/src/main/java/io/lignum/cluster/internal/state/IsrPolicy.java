package io.lignum.cluster.internal.state;

import io.lignum.cluster.peer.Member;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * Who is taken into the in-sync replicas and who is taken out (R16, R17, R35). Pure.
 *
 * @param minInSync what the operator demands; empty: a majority
 * @param lagLimit how long a member may make no durable progress while it is behind
 */
public record IsrPolicy(OptionalInt minInSync, Duration lagLimit) {

    /**
     * How one follower stands.
     *
     * @param registered its incarnation is the one registered with the coordinator
     * @param complete it acknowledged all that an in-sync replica must have (R16)
     * @param stalledNanos since its last durable progress in a topic that it is behind in; 0: in
     *     none
     * @param alive it holds its key with the coordinator
     */
    public record Standing(
            Member member,
            boolean registered,
            boolean complete,
            long stalledNanos,
            boolean alive,
            boolean decommissioned) {}

    /**
     * Takes the member in, in place of an older incarnation if there was one; empty if it is not
     * fit or there already.
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

    /** Fewest replicas once there are enough of them. */
    public int target(int nodes) {
        return minInSync.orElse(nodes / 2 + 1);
    }

    /** Whether a member has to go: it is gone, or makes no progress. */
    public boolean isLost(Standing standing) {
        return !standing.alive() || standing.stalledNanos() > lagLimit.toNanos();
    }

    /**
     * Takes members out, but never below the minimum: the rest stays, and commits stall (R17).
     *
     * @param lost whether a member is to go
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
     * Takes a node out for good and lowers the minimum to what the rest demands, and can give
     * (R35).
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
