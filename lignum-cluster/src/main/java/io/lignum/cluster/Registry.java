package io.lignum.cluster;

import io.lignum.cluster.coordinator.TxnOp;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * Keeps the node's durable record with the coordinator right: its incarnation, and where it is reached. The node's loop
 * only.
 */
final class Registry {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final NodeContext context;
    private final IdentityKeeper identity;
    private final ClusterView view;
    private boolean registering;

    Registry(NodeContext context, IdentityKeeper identity, ClusterView view) {
        this.context = context;
        this.identity = identity;
        this.view = view;
    }

    /** Tries until it is done. */
    void register() {
        registering = true;
        context.onLoop(write(self(), record -> record), (done, failure) -> {
            if (failure != null) {
                context.later(RETRY, this::register);
            } else {
                registering = false;
            }
        });
    }

    /** A write of an earlier life may come late, and a coordinator may lose its data: the record is put right. */
    void keep() {
        NodeRecord known = view.find(self());
        boolean right = known != null
                && known.member().equals(identity.identity().self())
                && known.address().equals(context.config().address());
        if (!right && !registering && view.isKnown()) {
            register();
        }
    }

    CompletableFuture<Void> decommission(String nodeId) {
        return write(nodeId, record -> new NodeRecord(record.member(), record.address(), true));
    }

    private String self() {
        return identity.identity().self().nodeId();
    }

    /** Writes the node's record where it differs, keeping what an operator said of it. */
    private CompletableFuture<Void> write(String nodeId, UnaryOperator<NodeRecord> change) {
        String key = context.keys().node(nodeId);
        return context.coordinator().read(key).thenCompose(entry -> {
            boolean self = nodeId.equals(self());
            Optional<NodeRecord> before = entry.map(found -> StateJson.decodeNode(found.value()));
            if (before.isEmpty() && !self) {
                return CompletableFuture.failedFuture(
                        new ClusterException.NotCaughtUp("there is no node " + nodeId));
            }
            NodeRecord mine = new NodeRecord(
                    identity.identity().self(),
                    context.config().address(),
                    before.map(NodeRecord::decommissioned).orElse(false));
            NodeRecord after = change.apply(self ? mine : before.orElseThrow());
            if (before.equals(Optional.of(after))) {
                return CompletableFuture.completedFuture(null);
            }
            return context.coordinator()
                    .transact(List.of(new TxnOp.Put(key, StateJson.encode(after))))
                    .thenAccept(ignored -> {});
        });
    }
}
