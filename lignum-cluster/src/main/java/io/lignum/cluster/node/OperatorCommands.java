package io.lignum.cluster.node;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.leader.TopicCommands;
import io.lignum.cluster.internal.state.IsrPolicy;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.topics.LeaderForwarder;
import io.lignum.cluster.internal.topics.MetadataRecord;
import io.lignum.storage.StorageException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Executes commands of operators and of other nodes at the leader. Commands and answers are text.
 * The node's loop only.
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

    private final NodeContext context;
    private final ClusterKnowledge known;
    private final RoleHolder roles;
    private final LeaderForwarder forwarder;
    private final LeaderTransfers transfers;
    private final StatusPublisher status;

    OperatorCommands(
            NodeContext context,
            ClusterKnowledge known,
            RoleHolder roles,
            LeaderForwarder forwarder,
            LeaderTransfers transfers,
            StatusPublisher status) {
        this.context = context;
        this.known = known;
        this.roles = roles;
        this.forwarder = forwarder;
        this.transfers = transfers;
        this.status = status;
    }

    /** Executes a command at the leader; the answer is text. */
    CompletableFuture<String> execute(String command, List<String> arguments) {
        TopicCommands topics = roles.commands();
        LeaderRole leading = roles.leading();
        if (topics == null || leading == null) {
            return CompletableFuture.failedFuture(forwarder.notLeader());
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
                    transfers.begin(arguments.stream().findFirst(), PATIENCE).thenApply(gone -> "");
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
        if (nodeId.equals(known.nodeId())) {
            return CompletableFuture.failedFuture(new ClusterException.NotCaughtUp(
                    "node " + nodeId + " leads: transfer the lead to another node first"));
        }
        IsrPolicy policy =
                new IsrPolicy(context.config().minInSync(), context.config().lagLimit());
        CompletableFuture<String> result = new CompletableFuture<>();
        context.onLoop(known.registry().decommission(nodeId), (marked, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
                return;
            }
            context.whenDone(
                    leading.change(state -> policy.decommission(
                            state, nodeId, known.view().countWithout(nodeId), context.nonce())),
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
