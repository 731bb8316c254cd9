package io.lignum.cluster.node;

import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.state.NodeContext;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The hand-overs of a node's lead, whoever wants one: one at a time.
 *
 * <p>The node's loop only.
 */
final class LeaderTransfers {

    private final Node node;
    private CompletableFuture<Void> current = CompletableFuture.completedFuture(null);

    LeaderTransfers(Node node) {
        this.node = node;
    }

    /**
     * As {@link LeaderTransfer#run}. A second one waits for what comes of the first, which may be
     * that it is nobody's to do any more.
     */
    CompletableFuture<Void> begin(Optional<String> to, Duration patience) {
        if (!current.isDone()) {
            CompletableFuture<Void> result = new CompletableFuture<>();
            node.context()
                    .onLoop(
                            current,
                            (done, failure) -> NodeContext.forward(begin(to, patience), result));
            return result;
        }
        LeaderRole leading = node.roles().leading();
        if (leading == null) {
            return CompletableFuture.failedFuture(node.forwarder().notLeader());
        }
        if (to.equals(Optional.of(node.identity().self().nodeId()))) {
            return CompletableFuture.completedFuture(null);
        }
        current = new LeaderTransfer(node, leading, to, patience).run();
        return current.copy();
    }
}
