package io.lignum.cluster.node;

import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentityKeeper;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Runs transfers of this node's leadership, one at a time.
 *
 * <p>The node loop only.
 */
final class LeaderTransfers {

    private final NodeContext context;
    private final NodeIdentityKeeper identity;
    private final RoleHolder roles;
    private final LeaderTransfer.Listener listener;
    private CompletableFuture<Void> current = CompletableFuture.completedFuture(null);

    LeaderTransfers(
            NodeContext context,
            NodeIdentityKeeper identity,
            RoleHolder roles,
            LeaderTransfer.Listener listener) {
        this.context = context;
        this.identity = identity;
        this.roles = roles;
        this.listener = listener;
    }

    /**
     * As {@link LeaderTransfer#run}. A second call waits for the first to end, and fails if this
     * node does not lead any more.
     */
    CompletableFuture<Void> begin(Optional<String> to, Duration patience) {
        if (!current.isDone()) {
            CompletableFuture<Void> result = new CompletableFuture<>();
            context.onLoop(
                    current, (done, failure) -> NodeContext.forward(begin(to, patience), result));
            return result;
        }
        LeaderRole leading = roles.leading();
        if (leading == null) {
            return CompletableFuture.failedFuture(listener.notLeader());
        }
        if (to.equals(Optional.of(identity.identity().self().nodeId()))) {
            return CompletableFuture.completedFuture(null);
        }
        current = new LeaderTransfer(context, listener, leading, to, patience).run();
        return current.copy();
    }
}
