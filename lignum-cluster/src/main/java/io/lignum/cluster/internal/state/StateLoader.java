package io.lignum.cluster.internal.state;

import io.lignum.cluster.coordinator.Entry;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;

/**
 * Reads the cluster's state consistently, and makes its epoch durable, before a new process or
 * incarnation follows a leader or stands for election (R1). So the node follows no leader that was
 * replaced before its incarnation existed.
 *
 * <p>The node loop only.
 */
public final class StateLoader {

    private static final Duration STATE_RETRY = Duration.ofMillis(300);

    /** Notified on the node loop. */
    public interface Listener {
        /** The state is known and its epoch is durable here; or the cluster has no state yet. */
        void stateKnown();

        /** A problem that an operator must see. */
        void alarm(String text);

        /** The epoch could not be made durable. */
        void diskFailed(@Nullable Throwable cause);
    }

    private final NodeContext context;
    private final NodeIdentityKeeper identity;
    private final ClusterView view;
    private final ClusterIdCheck cluster;
    private final Listener listener;
    private int attempts;
    private boolean known;

    /** Reads nothing yet. */
    public StateLoader(
            NodeContext context,
            NodeIdentityKeeper identity,
            ClusterView view,
            ClusterIdCheck cluster,
            Listener listener) {
        this.context = context;
        this.identity = identity;
        this.view = view;
        this.cluster = cluster;
        this.listener = listener;
    }

    /** Whether this node may be part of the state's cluster. If not, this ends the node. */
    public boolean isOwn(ClusterState state) {
        return cluster.isOwn(state);
    }

    /** Whether this incarnation may take part. */
    public boolean isKnown() {
        return known;
    }

    /** The node takes a new incarnation, which must {@link #load} again. */
    public void invalidate() {
        known = false;
        attempts++;
    }

    /** Repeats until it succeeds. */
    public void load() {
        known = false;
        int mine = ++attempts;
        context.onLoop(context.coordinator().read(context.keys().state()), (entry, failure) -> {
            if (mine != attempts) {
                return;
            }
            Optional<ClusterState> state =
                    entry == null ? Optional.empty() : entry.flatMap(this::readable);
            if (state.isPresent()) {
                loaded(new StoredState(state.get(), entry.orElseThrow().modifyIndex()), mine);
            } else if (entry != null && entry.isEmpty()) {
                known = true;
                listener.stateKnown();
            } else {
                context.later(STATE_RETRY, () -> {
                    if (mine == attempts) {
                        load();
                    }
                });
            }
        });
    }

    private Optional<ClusterState> readable(Entry entry) {
        Optional<ClusterState> state = StateJson.findState(entry.value());
        if (state.isEmpty()) {
            listener.alarm("the coordinator's value of " + entry.key()
                    + " is damaged: an operator must run `lignum cluster recover`");
        }
        return state;
    }

    private void loaded(StoredState stored, int mine) {
        view.update(stored);
        ClusterState state = stored.value();
        if (!cluster.isOwn(state)) {
            return;
        }
        context.whenDone(identity.persistEpochOf(state), (after, failure) -> {
            if (failure != null) {
                listener.diskFailed(failure);
            } else if (mine == attempts) {
                known = true;
                listener.stateKnown();
            }
        });
    }
}
