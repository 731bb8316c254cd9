package io.lignum.cluster.internal.state;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.peer.Member;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * Keeps the registrations of nodes with the coordinator up to date: this node's incarnation and
 * address, and whether a node is decommissioned. The node loop only.
 */
public final class Registry {

    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int TRIES = 5;

    private final NodeContext context;
    private final NodeIdentityKeeper identity;
    private final ClusterView view;
    private final MembersKeeper members;
    private boolean registering;

    public Registry(
            NodeContext context,
            NodeIdentityKeeper identity,
            ClusterView view,
            MembersKeeper members) {
        this.context = context;
        this.identity = identity;
        this.view = view;
        this.members = members;
    }

    /** Registers this node; repeats that until it succeeds. */
    public void register() {
        registering = true;
        context.onLoop(write(self(), record -> record, TRIES), (done, failure) -> {
            if (failure != null) {
                context.later(RETRY, this::register);
            } else {
                registering = false;
            }
        });
    }

    /**
     * Registers again if the registration is wrong: a write of an earlier process may arrive late,
     * and the coordinator may lose its data.
     */
    public void keep() {
        NodeRecord known = view.find(self());
        boolean right = known != null
                && known.member().equals(identity.identity().self())
                && known.address().equals(context.config().address());
        if (!right && !registering && view.isKnown()) {
            register();
        }
    }

    /**
     * Marks a node as decommissioned. Also creates a registration for a node that only the members'
     * own files know: the coordinator may have lost its data, and the node must not come back.
     */
    public CompletableFuture<Void> decommission(String nodeId) {
        return write(
                nodeId, record -> new NodeRecord(record.member(), record.address(), true), TRIES);
    }

    private String self() {
        return identity.identity().self().nodeId();
    }

    /**
     * Writes a node's registration if it differs, and keeps what an operator has set. If it was
     * changed meanwhile, it is read again.
     */
    private CompletableFuture<Void> write(
            String nodeId, UnaryOperator<NodeRecord> change, int triesLeft) {
        String key = context.keys().node(nodeId);
        return context.coordinator().read(key).thenCompose(entry -> {
            Optional<NodeRecord> before = entry.flatMap(found -> decode(nodeId, found.value()));
            NodeRecord after = change.apply(changed(nodeId, before));
            if (before.equals(Optional.of(after))) {
                return CompletableFuture.completedFuture(null);
            }
            long index = entry.map(Entry::modifyIndex).orElse(0L);
            return context.coordinator()
                    .transact(List.of(new TxnOp.Cas(key, index, StateJson.encode(after))))
                    .thenCompose(result -> {
                        if (result instanceof TxnResult.Applied) {
                            return CompletableFuture.completedFuture(null);
                        } else if (triesLeft > 0) {
                            return write(nodeId, change, triesLeft - 1);
                        }
                        return CompletableFuture.failedFuture(
                                new ClusterException.CoordinatorUnavailable(
                                        "the record of node " + nodeId + " was not written: "
                                                + result,
                                        null));
                    });
        });
    }

    /** This node's own registration is replaced if it is damaged. */
    private Optional<NodeRecord> decode(String nodeId, String value) {
        try {
            return Optional.of(StateJson.decodeNode(value));
        } catch (IllegalArgumentException e) {
            if (!nodeId.equals(self())) {
                throw e;
            }
            LOG.warn("The record of this node with the coordinator is damaged: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private NodeRecord changed(String nodeId, Optional<NodeRecord> before) {
        if (!nodeId.equals(self())) {
            return before.or(() -> remembered(nodeId))
                    .orElseThrow(() ->
                            new ClusterException.InvalidArgument("there is no node " + nodeId));
        }
        return new NodeRecord(
                identity.identity().self(),
                context.config().address(),
                before.map(NodeRecord::decommissioned).orElse(false));
    }

    /** A registration for a node that is known from files, with an incarnation that no node has. */
    private Optional<NodeRecord> remembered(String nodeId) {
        return members.known()
                .find(nodeId)
                .map(node ->
                        new NodeRecord(new Member(nodeId, context.newId()), node.address(), false));
    }
}
