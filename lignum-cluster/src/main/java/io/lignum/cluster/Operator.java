package io.lignum.cluster;

import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.peer.Answer;
import io.lignum.cluster.peer.Question;
import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What only an operator asks for, and what other nodes ask of the leader in words. The node's loop only. */
final class Operator {

    private static final Logger LOG = LoggerFactory.getLogger(Operator.class);

    static final String CREATE = "create-topic";
    static final String ALTER = "alter-topic";
    static final String DELETE = "delete-topic";
    static final String TRIM = "trim-topic";
    static final String STATUS = "status";
    static final String TRANSFER = "transfer-leader";
    static final String DECOMMISSION = "decommission";

    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Node node;
    private final StatusBoard status;

    Operator(Node node, StatusBoard status) {
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
                    node.handovers()
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
            var unused = leading.change(state -> policy.decommission(
                            state,
                            nodeId,
                            node.view().countWithout(nodeId),
                            node.context().nonce()))
                    .whenComplete((state, trouble) -> {
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

    // ---- recovery (R2, R22)

    /**
     * This node's data is what the cluster goes on with.
     *
     * @param unclean committed records may be lost by it
     */
    CompletableFuture<Void> recover(boolean unclean) {
        if (node.roles().leading() != null) {
            return CompletableFuture.failedFuture(new ClusterException.NotCaughtUp(
                    "this node leads: nothing is to be recovered"));
        }
        CompletableFuture<Void> result = new CompletableFuture<>();
        node.context()
                .onLoop(
                        node.context().coordinator().read(node.context().keys().state()),
                        (entry, failure) -> {
                            if (entry == null) {
                                result.completeExceptionally(
                                        new ClusterException.CoordinatorUnavailable(
                                                "the cluster's state cannot be read", failure));
                            } else {
                                askAll(entry.orElse(null), unclean, result);
                            }
                        });
        return result;
    }

    private void askAll(@Nullable Entry entry, boolean unclean, CompletableFuture<Void> result) {
        Identity self = node.identity();
        List<CompletableFuture<Answer>> asked = new ArrayList<>();
        for (NodeRecord other : node.view().nodes().values()) {
            if (!other.member().nodeId().equals(self.self().nodeId())) {
                asked.add(node.context()
                        .network()
                        .ask(
                                other.address(),
                                new Question.HowFar(self.self(), self.epoch()),
                                ASK_TIMEOUT)
                        .exceptionally(unreachable ->
                                new Answer.Progress(self.self(), 0, 0, false, List.of())));
            }
        }
        node.context()
                .onLoop(
                        CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new)),
                        (all, failure) -> {
                            List<Answer.Progress> others = new ArrayList<>();
                            asked.forEach(each -> others.add((Answer.Progress) each.join()));
                            decide(entry, others, unclean, result);
                        });
    }

    private void decide(
            @Nullable Entry entry,
            List<Answer.Progress> others,
            boolean unclean,
            CompletableFuture<Void> result) {
        Identity self = node.identity();
        ClusterState state = entry == null // A damaged one is lost, too.
                ? null
                : StateJson.findState(entry.value()).orElse(null);
        boolean lost = state == null || self.isOlder(state.epoch(), state.version());
        int epoch = Math.max(self.epoch(), state == null ? 0 : state.epoch());
        long version = Math.max(self.seenVersion(), state == null ? 0 : state.version());
        LogStore store = node.context().store();
        LogLength mine = LogLength.ofLive(LogLength.ends(store), store);
        Optional<Answer.Progress> longer = Optional.empty();
        for (Answer.Progress other : others) {
            lost |= state != null && other.epoch() > state.epoch();
            epoch = Math.max(epoch, other.epoch());
            version = Math.max(version, other.seenVersion());
            if (LogLength.ofLive(other.ends(), store).isLongerThan(mine)) {
                longer = Optional.of(other);
            }
        }
        if (self.clusterId().isEmpty()) {
            refuse(result, "this node has not been part of a cluster");
        } else if (others.stream().anyMatch(Answer.Progress::leading)) {
            refuse(result, "a node leads: nothing is to be recovered");
        } else if (!lost && !unclean) {
            refuse(
                    result,
                    "the coordinator has the cluster's state, and in-sync replicas "
                            + "can be elected. If none of them comes back, recover with --unclean");
        } else if (longer.isPresent() && !unclean) {
            refuse(
                    result,
                    "node " + longer.get().node().nodeId() + " has more records: recover there");
        } else {
            write(entry, state, epoch + 1, version + 1, unclean, result);
        }
    }

    private static void refuse(CompletableFuture<Void> result, String why) {
        result.completeExceptionally(new ClusterException.NotCaughtUp(why));
    }

    private void write(
            @Nullable Entry entry,
            @Nullable ClusterState state,
            int epoch,
            long version,
            boolean unclean,
            CompletableFuture<Void> result) {
        Identity self = node.identity();
        ClusterState recovered = ClusterState.recovered(
                version,
                self.clusterId().orElseThrow(),
                self.self(),
                epoch,
                unclean,
                node.context().nonce());
        LOG.warn("Recovering the cluster from this node's data: {} -> {}", state, recovered);
        TxnOp cas = new TxnOp.Cas(
                node.context().keys().state(),
                entry == null ? 0 : entry.modifyIndex(),
                StateJson.encode(recovered));
        node.context()
                .onLoop(node.context().coordinator().transact(List.of(cas)), (answer, failure) -> {
                    if (answer instanceof TxnResult.Applied) {
                        node.recovered();
                        result.complete(null);
                    } else {
                        result.completeExceptionally(new ClusterException.CoordinatorUnavailable(
                                "the coordinator did not take the state: " + answer, failure));
                    }
                });
    }
}
