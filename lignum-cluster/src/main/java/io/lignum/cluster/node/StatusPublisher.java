package io.lignum.cluster.node;

import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.internal.follower.FollowerRole;
import io.lignum.cluster.internal.leader.LeaderEpoch;
import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.leader.Replica;
import io.lignum.cluster.internal.state.Alarms;
import io.lignum.cluster.internal.state.ClusterKnowledge;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeRecord;
import io.lignum.cluster.internal.state.SessionKeeper;
import io.lignum.cluster.peer.Member;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Publishes the cluster's status as this node knows it: computed on the node loop four times a
 * second, read by any thread.
 */
final class StatusPublisher {

    private static final Duration EVERY = Duration.ofMillis(250);

    private final NodeContext context;
    private final ClusterKnowledge known;
    private final SessionKeeper sessions;
    private final RoleHolder roles;
    private final Alarms alarms;
    private volatile ClusterStatus latest;

    StatusPublisher(NodeContext context, ClusterKnowledge known, RoleHolder roles, Alarms alarms) {
        this.context = context;
        this.known = known;
        sessions = known.sessions();
        this.roles = roles;
        this.alarms = alarms;
        latest = compute();
    }

    void start() {
        latest = compute();
        context.later(EVERY, this::start);
    }

    /** At most a quarter of a second old. Any thread. */
    ClusterStatus latest() {
        return latest;
    }

    /** Computes the status. The node loop only. */
    ClusterStatus compute() {
        NodeIdentity self = known.identity();
        LeaderRole leading = roles.leading();
        FollowerRole following = roles.following();
        Optional<ClusterState> state =
                leading != null ? Optional.of(leading.state()) : known.view().state();
        Optional<String> leader = leading != null
                ? Optional.of(self.self().nodeId())
                        .filter(id -> !leading.leaderEpoch().isIsolated())
                : Optional.ofNullable(following)
                        .map(role -> role.leader().member().nodeId());
        List<ClusterStatus.Node> nodes = new ArrayList<>();
        for (NodeRecord record : known.view().nodes().values()) {
            nodes.add(describe(record, state, leading));
        }
        List<String> texts = new ArrayList<>(alarms.texts());
        if (leading != null) {
            texts.addAll(leading.alarms());
            if (leading.leaderEpoch().isIsolated()) {
                texts.add(LeaderEpoch.ISOLATED);
            }
        }
        if (!sessions.isReachable()) {
            texts.add("the coordinator does not answer");
        }
        return new ClusterStatus(
                context.config().clusterName(),
                self.clusterId().map(String::valueOf).orElse(""),
                self.self().nodeId(),
                roles.role(),
                self.epoch(),
                leader,
                state.map(now -> now.isr().stream().map(Member::nodeId).toList())
                        .orElse(List.of()),
                state.map(ClusterState::minIsr).orElse(1),
                sessions.isReachable(),
                nodes,
                texts);
    }

    private ClusterStatus.Node describe(
            NodeRecord record, Optional<ClusterState> state, @Nullable LeaderRole leading) {
        Member member = record.member();
        boolean self = member.equals(known.identity().self());
        Optional<Replica> follower =
                leading == null ? Optional.empty() : leading.followers().find(member.nodeId());
        OptionalLong ofLeader = self && leading != null ? OptionalLong.of(0) : OptionalLong.empty();
        return new ClusterStatus.Node(
                member.nodeId(),
                member.incarnation().toString(),
                record.address(),
                known.view().isAlive(member.nodeId()),
                state.filter(now -> now.hasInSync(member)).isPresent(),
                follower.isPresent() || (self && leading != null),
                leading != null && follower.isPresent()
                        ? OptionalLong.of(leading.lag().records(follower.get().member()))
                        : ofLeader,
                follower.map(handle -> OptionalLong.of(handle.silentNanos() / 1_000_000))
                        .orElse(ofLeader),
                follower.map(Replica::isLagging).orElse(false),
                record.decommissioned());
    }
}
