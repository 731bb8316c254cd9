package io.lignum.cluster.node;

import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.internal.follower.FollowerRole;
import io.lignum.cluster.internal.leader.LeaderEpoch;
import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.leader.Replica;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeRecord;
import io.lignum.cluster.peer.Member;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the cluster stands, as this node knows it: looked at on the loop every so often, shown to any
 * thread.
 */
final class StatusPublisher {

    private static final Duration EVERY = Duration.ofMillis(250);

    private final Node node;
    private volatile ClusterStatus latest;

    StatusPublisher(Node node) {
        this.node = node;
        latest = look();
    }

    void start() {
        latest = look();
        node.context().later(EVERY, this::start);
    }

    /** At most a quarter of a second old. Any thread. */
    ClusterStatus latest() {
        return latest;
    }

    /** As of now. The loop only. */
    ClusterStatus look() {
        NodeIdentity self = node.identity();
        LeaderRole leading = node.roles().leading();
        FollowerRole following = node.roles().following();
        Optional<ClusterState> state =
                leading != null ? Optional.of(leading.state()) : node.view().state();
        Optional<String> leader = leading != null
                ? Optional.of(self.self().nodeId())
                        .filter(id -> !leading.leaderEpoch().isCutOff())
                : Optional.ofNullable(following).map(role -> role.leader().nodeId());
        List<ClusterStatus.Node> nodes = new ArrayList<>();
        for (NodeRecord record : node.view().nodes().values()) {
            nodes.add(describe(record, state, leading));
        }
        List<String> alarms = new ArrayList<>(node.alarms());
        if (leading != null) {
            alarms.addAll(leading.alarms());
            if (leading.leaderEpoch().isCutOff()) {
                alarms.add(LeaderEpoch.CUT_OFF);
            }
        }
        if (!node.sessions().isReachable()) {
            alarms.add("the coordinator does not answer");
        }
        return new ClusterStatus(
                node.context().config().clusterName(),
                self.clusterId().map(String::valueOf).orElse(""),
                self.self().nodeId(),
                node.roles().role(),
                self.epoch(),
                leader,
                state.map(known -> known.isr().stream().map(Member::nodeId).toList())
                        .orElse(List.of()),
                state.map(ClusterState::minIsr).orElse(1),
                node.sessions().isReachable(),
                nodes,
                alarms);
    }

    private ClusterStatus.Node describe(
            NodeRecord record, Optional<ClusterState> state, @Nullable LeaderRole leading) {
        Member member = record.member();
        boolean self = member.equals(node.identity().self());
        Optional<Replica> follower =
                leading == null ? Optional.empty() : leading.followers().find(member.nodeId());
        return new ClusterStatus.Node(
                member.nodeId(),
                member.incarnation().toString(),
                record.address(),
                node.view().isAlive(member.nodeId()),
                state.filter(known -> known.hasInSync(member)).isPresent(),
                follower.isPresent() || (self && leading != null),
                leading != null && follower.isPresent()
                        ? leading.lag().records(follower.get().member())
                        : self && leading != null ? 0L : -1L,
                follower.map(handle -> handle.silentNanos() / 1_000_000)
                        .orElse(self && leading != null ? 0L : -1L),
                follower.map(Replica::isLagging).orElse(false),
                record.decommissioned());
    }
}
