package io.lignum.cluster.node;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.leader.TopicCommands;
import io.lignum.cluster.internal.state.IsrPolicy;
import io.lignum.cluster.internal.topics.MetadataRecord;
import io.lignum.storage.StorageException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What only an operator asks for, and what other nodes ask of the leader in words. The node's loop
 * only.
 */
final class OperatorCommands {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorCommands.class);

    static final String CREATE = "create-topic";
    static final String ALTER = "alter-topic";
    static final String DELETE = "delete-topic";
    static final String TRIM = "trim-topic";
    static final String STATUS = "status";
    static final String TRANSFER = "transfer-leader";
    static final String DECOMMISSION = "decommission";

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Node node;
    private final StatusPublisher status;

    OperatorCommands(Node node, StatusPublisher status) {
        this.node = node;
        this.status = status;
    }

    /** Carries out a command at the leader; answers in words. */
    CompletableFuture<String> carryOut(String command, List<String> arguments) {
        TopicCommands topics = node.roles().commands();
        LeaderRole leading = node.roles().leading();
        if (topics == null || leading == null) {
            return CompletableFuture.failedFuture(node.forwarder().notLeader());
        }
        try {
            return switch (command) {
                case CREATE ->
                    topics.create(arguments.get(0), MetadataRecord.configFromJson(arguments.get(1)))
                            .thenApply(String::valueOf);
                case ALTER ->
                    topics.alter(arguments.get(0), MetadataRecord.configFromJson(arguments.get(1)))
                            .thenApply(String::valueOf);
                case DELETE -> topics.delete(arguments.get(0)).thenApply(String::valueOf);
                case TRIM ->
                    topics.trim(arguments.get(0), Long.parseLong(arguments.get(1)))
                            .thenApply(String::valueOf);
                case STATUS -> CompletableFuture.completedFuture(StatusJson.encode(status.look()));
                case TRANSFER ->
                    node.transfers()
                            .begin(arguments.stream().findFirst(), PATIENCE)
                            .thenApply(gone -> "");
                case DECOMMISSION -> decommission(leading, arguments.get(0));
                default ->
                    CompletableFuture.failedFuture(
                            new StorageException.InvalidBatch("there is no command " + command));
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return CompletableFuture.failedFuture(
                    new StorageException.InvalidBatch(command + ": " + e.getMessage()));
        }
    }

    private CompletableFuture<String> decommission(LeaderRole leading, String nodeId) {
        if (nodeId.equals(node.identity().self().nodeId())) {
            return CompletableFuture.failedFuture(new ClusterException.NotCaughtUp(
                    "node " + nodeId + " leads: transfer the lead to another node first"));
        }
        IsrPolicy policy = new IsrPolicy(
                node.context().config().minInSync(), node.context().config().lagLimit());
        CompletableFuture<String> result = new CompletableFuture<>();
        node.context().onLoop(node.registry().decommission(nodeId), (marked, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
                return;
            }
            node.context()
                    .whenDone(
                            leading.change(state -> policy.decommission(
                                    state,
                                    nodeId,
                                    node.view().countWithout(nodeId),
                                    node.context().nonce())),
                            (state, trouble) -> {
                                if (trouble != null) {
                                    result.completeExceptionally(trouble);
                                } else {
                                    LOG.info("Node {} is decommissioned", nodeId);
                                    result.complete("");
                                }
                            });
        });
        return result;
    }
}
