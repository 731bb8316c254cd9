package io.lignum.cluster.node;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.leader.TopicCommands;
import io.lignum.cluster.internal.state.ClusterKnowledge;
import io.lignum.cluster.internal.state.IsrPolicy;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.topics.TopicConfigJson;
import io.lignum.cluster.peer.LeaderCommand;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.storage.TopicConfig;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Executes a {@link LeaderCommand} at the leader: one of this node's own, or one that another node
 * forwarded. Fails with NOT_LEADER on any other node.
 *
 * <p>The node loop only.
 */
final class OperatorCommands {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorCommands.class);

    /** How long the leader waits for the next leader to catch up before it resumes. */
    private static final Duration TRANSFER_TIMEOUT = Duration.ofSeconds(5);

    private final NodeContext context;
    private final ClusterKnowledge known;
    private final RoleHolder roles;
    private final LeaderTransition transition;
    private final StatusPublisher status;

    OperatorCommands(
            NodeContext context,
            ClusterKnowledge known,
            RoleHolder roles,
            LeaderTransition transition,
            StatusPublisher status) {
        this.context = context;
        this.known = known;
        this.roles = roles;
        this.transition = transition;
        this.status = status;
    }

    /** The kind of the answer is the one that the command names. */
    CompletableFuture<PeerResponse> execute(LeaderCommand command) {
        TopicCommands topics = roles.commands();
        LeaderRole leading = roles.leading();
        if (topics == null || leading == null) {
            return CompletableFuture.failedFuture(transition.notLeader());
        }
        if (command instanceof LeaderCommand.TransferLeadership transfer) {
            Optional<String> unknown = transfer.toNodeId()
                    .filter(id -> !id.equals(known.nodeId()) && known.view().find(id) == null);
            if (unknown.isPresent()) {
                return CompletableFuture.failedFuture(
                        new ClusterException.InvalidArgument("there is no node " + unknown.get()));
            }
            return transition
                    .transfers()
                    .begin(transfer.toNodeId(), TRANSFER_TIMEOUT)
                    .thenApply(released -> new PeerResponse.Done());
        }
        if (command instanceof LeaderCommand.Decommission decommission) {
            return decommission(leading, decommission.nodeId());
        }
        if (command instanceof LeaderCommand.GetStatus) {
            return CompletableFuture.completedFuture(
                    new PeerResponse.Status(StatusJson.encode(status.compute())));
        }
        return changeTopic(topics, command).thenApply(PeerResponse.TopicChanged::new);
    }

    private static CompletableFuture<UUID> changeTopic(
            TopicCommands topics, LeaderCommand command) {
        try {
            if (command instanceof LeaderCommand.CreateTopic create) {
                TopicConfig settings = TopicConfigJson.decode(create.settings());
                return topics.create(create.name(), settings);
            } else if (command instanceof LeaderCommand.AlterTopic alter) {
                TopicConfig settings = TopicConfigJson.decode(alter.settings());
                return topics.alter(alter.name(), settings);
            } else if (command instanceof LeaderCommand.DeleteTopic delete) {
                return topics.delete(delete.name());
            } else {
                LeaderCommand.TrimTopic trim = (LeaderCommand.TrimTopic) command;
                return topics.trim(trim.name(), trim.newStart());
            }
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(new ClusterException.InvalidArgument(
                    command.description() + ": " + e.getMessage()));
        }
    }

    private CompletableFuture<PeerResponse> decommission(LeaderRole leading, String nodeId) {
        if (nodeId.equals(known.nodeId())) {
            return CompletableFuture.failedFuture(new ClusterException.FailedPrecondition(
                    "node " + nodeId + " leads: transfer the lead to another node first"));
        }
        IsrPolicy policy =
                new IsrPolicy(context.config().minInSync(), context.config().lagLimit());
        CompletableFuture<PeerResponse> result = new CompletableFuture<>();
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
                            result.complete(new PeerResponse.Done());
                        }
                    });
        });
        return result;
    }
}
