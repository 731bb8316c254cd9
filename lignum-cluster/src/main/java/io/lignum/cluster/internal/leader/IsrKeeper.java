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
 * Keeps the in-sync replicas of one epoch what they should be (R16, R17): it watches how each
 * member gets on, and has the state changed when one has caught up or is lost. One set holds for
 * all live topics and the metadata log (R18). What is allowed is in {@link IsrPolicy}.
 *
 * <p>The leader's loop only.
 */
final class IsrKeeper {

    private final NodeContext node;
    private final Member self;
    private final LeaderEpoch leaderEpoch;
    private final StateKeeper state;
    private final StateDriver driver;
    private final ClusterView view;
    private final Replicas followers;
    private final IsrPolicy policy;
    private final Set<UUID> withheld = new HashSet<>();

    IsrKeeper(
            NodeContext node,
            Member self,
            LeaderEpoch leaderEpoch,
            StateKeeper state,
            StateDriver driver,
            ClusterView view,
            Replicas followers) {
        this.node = node;
        this.self = self;
        this.leaderEpoch = leaderEpoch;
        this.state = state;
        this.driver = driver;
        this.view = view;
        this.followers = followers;
        policy = new IsrPolicy(node.config().minInSync(), node.config().lagLimit());
    }

    /** Nobody becomes an in-sync replica while this topic is damaged here (R37). */
    void withhold(UUID topic) {
        withheld.add(topic);
    }

    boolean isWithholding() {
        return !withheld.isEmpty();
    }

    /** The topic is deleted: it stands in nobody's way any more. */
    void release(UUID topic) {
        withheld.remove(topic);
    }

    /** Says how many in-sync replicas answer at the moment. */
    void count() {
        leaderEpoch.counts(countResponsive(), state.confirmed().minIsr());
    }

    /**
     * Takes note of who follows at the moment, and of what it is not behind in: its progress counts
     * from the last time.
     */
    void watch() {
        followers.all().forEach(follower -> stalledNanos(follower.member(), true));
    }

    /** How many in-sync replicas answer, this node included. */
    private int countResponsive() {
        int count = 0;
        long limit = node.config().heartbeatTimeout().toNanos();
        for (Member member : state.confirmed().isr()) {
            Replica follower = followers.find(member.nodeId()).orElse(null);
            boolean answers = follower != null
                    && follower.member().equals(member)
                    && follower.silentNanos() < limit
                    && view.isAlive(member.nodeId());
            count += answers || member.equals(self) ? 1 : 0;
        }
        return count;
    }

    /** Takes one in who has caught up, or takes one out who is lost; one change at a time. */
    void keep() {
        for (Replica follower : followers.all()) {
            if (policy.add(state.confirmed(), standing(follower), view.size(), "")
                    .isPresent()) {
                var unused = driver.change(current ->
                        policy.add(current, standing(follower), view.size(), node.nonce()));
                return;
            }
        }
        if (IsrPolicy.remove(state.confirmed(), this::isLost, self.nodeId(), "").isPresent()) {
            var unused = driver.change(current ->
                    IsrPolicy.remove(current, this::isLost, self.nodeId(), node.nonce()));
        }
    }

    private boolean isLost(Member member) {
        Replica follower = followers.find(member.nodeId()).orElse(null);
        if (follower != null) { // Perhaps as another incarnation, and then this one is no more.
            return !follower.member().equals(member) || policy.isLost(standing(follower));
        }
        // It may live and not reach this leader: what it lacks would hold all commits up for ever.
        return !view.isAlive(member.nodeId())
                || stalledNanos(member, false) > node.config().lagLimit().toNanos();
    }

    private long stalledNanos(Member member, boolean present) {
        return followers
                .progress(member)
                .stalledNanos(leaderEpoch.topics(), present, node.nowNanos());
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
     * R16, and of wal topics what may have been committed while they were live, as it is not to be
     * lost by that.
     */
    private static boolean hasAll(Replica follower, LeaderTopic topic) {
        return topic.isInSync(follower.member())
                && follower.hasDurably(topic.id(), topic.promised());
    }

    /** What an operator should know. */
    Optional<String> shortage() {
        ClusterState confirmed = state.confirmed();
        return confirmed.isr().size() < policy.target(view.size())
                ? Optional.of("only " + confirmed.isr().size() + " of " + view.size()
                        + " nodes are in sync: " + confirmed.isr())
                : Optional.empty();
    }
}
