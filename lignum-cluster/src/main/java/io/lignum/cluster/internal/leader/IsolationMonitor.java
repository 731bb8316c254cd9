package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.SessionKeeper;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Looks after a leader that hears neither from the coordinator (R4) nor from enough in-sync
 * replicas: most likely another node leads by now, and this one is the last to hear of it. Nothing
 * is lost if it goes on (R13, R26), but its clients would stay with it for as long. So while that
 * lasts it names nobody as the leader, takes no appends, and lets none wait; its role stays, and
 * with the first answer it leads on as before.
 *
 * <p>The node's loop only. Ends with the epoch.
 */
public final class IsolationMonitor {

    private static final Logger LOG = LoggerFactory.getLogger(IsolationMonitor.class);

    private static final Duration EVERY = Duration.ofMillis(100);

    private final NodeContext node;
    private final SessionKeeper sessions;
    private final LeaderEpoch leaderEpoch;
    private final Consumer<Boolean> names;

    /**
     * Looks at nothing yet.
     *
     * @param names told whether this node names itself as the leader, at every change
     */
    public IsolationMonitor(
            NodeContext node,
            SessionKeeper sessions,
            LeaderEpoch leaderEpoch,
            Consumer<Boolean> names) {
        this.node = node;
        this.sessions = sessions;
        this.leaderEpoch = leaderEpoch;
        this.names = names;
    }

    public void watch() {
        if (leaderEpoch.isOver()) {
            return;
        }
        boolean isolationMonitor = node.nowNanos() - sessions.believesUntil() > 0
                && leaderEpoch.responsive() < leaderEpoch.minIsr();
        if (isolationMonitor != leaderEpoch.isCutOff()) {
            LOG.warn(
                    isolationMonitor
                            ? "Neither the coordinator nor enough in-sync replicas answer: another"
                                    + " node may lead by now"
                            : "Epoch {} goes on: the coordinator or the in-sync replicas answer"
                                    + " again",
                    leaderEpoch.epoch());
            leaderEpoch.isolationMonitor(isolationMonitor);
            names.accept(!isolationMonitor);
        }
        if (isolationMonitor) {
            leaderEpoch.topics().forEach(topic -> topic.giveUp(LeaderEpoch.CUT_OFF));
        }
        node.later(EVERY, this::watch);
    }
}
