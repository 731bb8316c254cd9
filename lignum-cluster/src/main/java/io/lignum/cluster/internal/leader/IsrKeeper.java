package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.ClusterView;
import io.lignum.cluster.internal.state.IsrPolicy;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeRecord;
import io.lignum.cluster.peer.Member;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Maintains the in-sync replicas of one epoch (R16, R17). There is one set for all live topics and
 * the metadata log (R18).
 *
 * <p>{@link LeaderRole} calls it ten times a second on the node loop. {@link #recordProgress}
 * records each member's progress. {@link #changeMembers} compares the members with {@link
 * IsrPolicy}, which holds the rules, and requests at most one change of the state: it adds a
 * follower that has caught up, or removes a member whose process has ended, that has a new
 * incarnation, or that has made no durable progress for the lag limit. The change runs through
 * {@link StateDriver}, and counts once it is confirmed. While a topic is damaged on the leader no
 * node is added (R37).
 */
final class IsrKeeper {

    private final NodeContext context;
    private final LeaderEpoch leaderEpoch;
    private final StateDriver state;
    private final ClusterView view;
    private final Replicas followers;
    private final IsrPolicy policy;
    private final Set<UUID> withheld = new HashSet<>();

    IsrKeeper(
            NodeContext context,
            LeaderEpoch leaderEpoch,
            StateDriver state,
            ClusterView view,
            Replicas followers) {
        this.context = context;
        this.leaderEpoch = leaderEpoch;
        this.state = state;
        this.view = view;
        this.followers = followers;
        policy = new IsrPolicy(context.config().minInSync(), context.config().lagLimit());
    }

    /** No node becomes an in-sync replica while this topic is damaged here (R37). */
    void withhold(UUID topic) {
        withheld.add(topic);
    }

    boolean isWithholding() {
        return !withheld.isEmpty();
    }

    /** The topic is deleted, so its damage does not matter any more. */
    void release(UUID topic) {
        withheld.remove(topic);
    }

    /** Publishes how many in-sync replicas are responsive. */
    void publishResponsive() {
        leaderEpoch.counts(countResponsive(), state.confirmed().minIsr());
    }

    /**
     * Records the progress of the current followers. A follower's lag time starts when it was last
     * seen not to be behind.
     */
    void recordProgress() {
        followers.all().forEach(follower -> stalledNanos(follower.member(), true));
    }

    /** Number of responsive in-sync replicas, this node included. */
    private int countResponsive() {
        int count = 0;
        long limit = context.config().heartbeatTimeout().toNanos();
        for (Member member : state.confirmed().isr()) {
            Replica follower = followers.find(member.nodeId()).orElse(null);
            boolean answers = follower != null
                    && follower.member().equals(member)
                    && follower.silentNanos() < limit
                    && view.isAlive(member.nodeId());
            count += answers || member.equals(leaderEpoch.leader()) ? 1 : 0;
        }
        return count;
    }

    /**
     * Adds a follower that has caught up, or removes a member that is lost; one change at a time.
     */
    void changeMembers() {
        for (Replica follower : followers.all()) {
            if (policy.add(state.confirmed(), standing(follower), view.size(), "")
                    .isPresent()) {
                var unused = state.change(current ->
                        policy.add(current, standing(follower), view.size(), context.nonce()));
                return;
            }
        }
        String self = leaderEpoch.leader().nodeId();
        if (IsrPolicy.remove(state.confirmed(), this::isLost, self, "").isPresent()) {
            var unused = state.change(
                    current -> IsrPolicy.remove(current, this::isLost, self, context.nonce()));
        }
    }

    private boolean isLost(Member member) {
        Replica follower = followers.find(member.nodeId()).orElse(null);
        if (follower != null) { // Perhaps with another incarnation.
            return !follower.member().equals(member) || policy.isLost(standing(follower));
        }
        // It may run and not reach this leader. What it lacks would delay every commit, so time
        // limits that.
        return !view.isAlive(member.nodeId())
                || stalledNanos(member, false) > context.config().lagLimit().toNanos();
    }

    private long stalledNanos(Member member, boolean present) {
        return followers
                .progress(member)
                .stalledNanos(leaderEpoch.topics(), present, context.nowNanos());
    }

    private IsrPolicy.Standing standing(Replica follower) {
        Member member = follower.member();
        NodeRecord record = view.find(member.nodeId());
        return new IsrPolicy.Standing(
                member,
                record != null && record.member().equals(member),
                withheld.isEmpty()
                        && leaderEpoch.topics().stream().allMatch(topic -> hasAll(follower, topic)),
                stalledNanos(member, true),
                view.isAlive(member.nodeId()),
                record != null && record.decommissioned());
    }

    /**
     * R16. Of {@code wal} topics the follower must also have what may have been committed while
     * they were live.
     */
    private static boolean hasAll(Replica follower, LeaderTopic topic) {
        return topic.isInSync(follower.member())
                && follower.hasDurably(topic.id(), topic.promised());
    }

    /** An alarm for operators if too few replicas are in sync. */
    Optional<String> shortage() {
        ClusterState confirmed = state.confirmed();
        return confirmed.isr().size() < policy.target(view.size())
                ? Optional.of("only " + confirmed.isr().size() + " of " + view.size()
                        + " nodes are in sync: " + confirmed.isr())
                : Optional.empty();
    }
}
