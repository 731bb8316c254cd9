package io.lignum.cluster.internal.state;

import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The leader lock and the cluster's state, read consistently at one instant. Decides who leads
 * after an answer was lost (R5, R8, R15). Immutable.
 *
 * @param holder the session that holds the lock
 * @param state empty: the coordinator lost it
 * @param index the state's ModifyIndex; 0 without a state
 */
public record LeaderLockView(Optional<String> holder, Optional<ClusterState> state, long index) {

    /** Fails if the coordinator does not answer, or the state cannot be decoded. Any thread. */
    public static CompletableFuture<LeaderLockView> read(NodeContext context) {
        CoordinatorKeys keys = context.keys();
        List<TxnOp> both = List.of(new TxnOp.Get(keys.lock()), new TxnOp.Get(keys.state()));
        return context.coordinator().transact(both).thenCompose(result -> {
            if (result instanceof TxnResult.Applied applied) {
                return CompletableFuture.completedFuture(
                        of(applied.find(keys.lock()), applied.find(keys.state())));
            }
            // One of the keys does not exist; separate reads show which one.
            return context.coordinator()
                    .read(keys.lock())
                    .thenCombine(context.coordinator().read(keys.state()), LeaderLockView::of);
        });
    }

    private static LeaderLockView of(Optional<Entry> lock, Optional<Entry> state) {
        return new LeaderLockView(
                lock.flatMap(Entry::session),
                state.map(entry -> StateJson.decodeState(entry.value())),
                state.map(Entry::modifyIndex).orElse(0L));
    }

    public boolean isHeldBy(String session) {
        return holder.equals(Optional.of(session));
    }

    /** Whether the state is at a higher epoch. */
    public boolean isBeyond(int epoch) {
        return state.filter(now -> now.epoch() > epoch).isPresent();
    }
}
