package io.lignum.cluster.internal.state;

import io.lignum.cluster.coordinator.Entry;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;

/**
 * Before an incarnation talks to a leader or stands, it knows the cluster's state as of now, and
 * keeps its epoch (R1): so it follows nobody that was replaced before it came to be.
 *
 * <p>The node's loop only.
 */
public final class StateLoader {

    private static final Duration STATE_RETRY = Duration.ofMillis(300);

    /** What the learner tells its node. */
    public interface Listener {
        /** The state is known, and its epoch durable here; or there is none yet. */
        void stateKnown();

        /** The epoch could not be made durable. */
        void diskFailed(@Nullable Throwable cause);
    }

    private final NodeContext context;
    private final NodeIdentityKeeper identity;
    private final ClusterView view;
    private final ClusterIdCheck cluster;
    private final Alarms alarms;
    private final Listener listener;
    private int learnings;
    private boolean known;

    /** Knows nothing yet. */
    public StateLoader(
            NodeContext context,
            NodeIdentityKeeper identity,
            ClusterView view,
            ClusterIdCheck cluster,
            Alarms alarms,
            Listener listener) {
        this.context = context;
        this.identity = identity;
        this.view = view;
        this.cluster = cluster;
        this.alarms = alarms;
        this.listener = listener;
    }

    /** Whether this incarnation may take part. */
    public boolean isKnown() {
        return known;
    }

    /** The node becomes another incarnation, which has to {@link #learn} again. */
    public void forget() {
        known = false;
        learnings++;
    }

    /** Tries until it is done. */
    public void learn() {
        known = false;
        int mine = ++learnings;
        context.onLoop(context.coordinator().read(context.keys().state()), (entry, failure) -> {
            if (mine != learnings) {
                return;
            }
            Optional<ClusterState> state =
                    entry == null ? Optional.empty() : entry.flatMap(this::readable);
            if (state.isPresent()) {
                learned(state.get(), entry.orElseThrow().modifyIndex(), mine);
            } else if (entry != null && entry.isEmpty()) {
                known = true;
                listener.stateKnown();
            } else {
                context.later(STATE_RETRY, () -> {
                    if (mine == learnings) {
                        learn();
                    }
                });
            }
        });
    }

    private Optional<ClusterState> readable(Entry entry) {
        Optional<ClusterState> state = StateJson.findState(entry.value());
        if (state.isEmpty()) {
            alarms.add("the coordinator's value of " + entry.key()
                    + " is damaged: an operator must run `lignum cluster recover`");
        }
        return state;
    }

    private void learned(ClusterState state, long index, int mine) {
        view.learned(state, index);
        if (!cluster.isOwn(state)) {
            return;
        }
        context.whenDone(identity.remember(state), (after, failure) -> {
            if (failure != null) {
                listener.diskFailed(failure);
            } else if (mine == learnings) {
                known = true;
                listener.stateKnown();
            }
        });
    }
}
