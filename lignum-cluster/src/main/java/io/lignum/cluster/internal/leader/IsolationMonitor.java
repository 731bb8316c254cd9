package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.SessionKeeper;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Monitors whether the leader is isolated: it hears neither from the coordinator (R4) nor from
 * enough in-sync replicas, so another node has probably been elected. Safety does not depend on
 * this (R13, R26), but clients would stay with this node. Therefore an isolated leader names no
 * leader, refuses appends and ends waiting ones with UNKNOWN. It keeps its role, and the first
 * answer from either side ends the isolation.
 *
 * <p>The node loop only. Ends with the epoch.
 */
public final class IsolationMonitor {

    private static final Logger LOG = LoggerFactory.getLogger(IsolationMonitor.class);

    private static final Duration EVERY = Duration.ofMillis(100);

    private final NodeContext context;
    private final SessionKeeper sessions;
    private final LeaderEpoch leaderEpoch;
    private final Consumer<Boolean> names;

    /**
     * Call {@link #watch} to start.
     *
     * @param names called at each change with whether this node names itself as the leader
     */
    public IsolationMonitor(
            NodeContext context,
            SessionKeeper sessions,
            LeaderEpoch leaderEpoch,
            Consumer<Boolean> names) {
        this.context = context;
        this.sessions = sessions;
        this.leaderEpoch = leaderEpoch;
        this.names = names;
    }

    public void watch() {
        if (leaderEpoch.isOver()) {
            return;
        }
        boolean isolated = context.nowNanos() - sessions.leaseUntil() > 0
                && leaderEpoch.responsive() < leaderEpoch.minIsr();
        if (isolated != leaderEpoch.isIsolated()) {
            LOG.warn(
                    isolated
                            ? "Neither the coordinator nor enough in-sync replicas answer: another"
                                    + " node may lead by now"
                            : "Epoch {} continues: the coordinator or the in-sync replicas answer"
                                    + " again",
                    leaderEpoch.epoch());
            leaderEpoch.isolated(isolated);
            names.accept(!isolated);
        }
        if (isolated) {
            leaderEpoch.topics().forEach(topic -> topic.giveUp(LeaderEpoch.ISOLATED));
        }
        context.later(EVERY, this::watch);
    }
}
