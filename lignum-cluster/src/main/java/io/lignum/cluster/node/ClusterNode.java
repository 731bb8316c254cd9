package io.lignum.cluster.node;

import io.lignum.cluster.ClusterConfig;
import io.lignum.cluster.ClusterEnvironment;
import io.lignum.cluster.ClusterException;
import io.lignum.cluster.ClusterStartException;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.Committed;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.cluster.internal.leader.ReadBarrier;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.ReplicationMode;
import io.lignum.cluster.internal.topics.MetadataRecord;
import io.lignum.record.LogRecord;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A node of a cluster around a store. Reads go to the store's topics, whose readable end is what is
 * committed; everything that changes something goes through here, on any node.
 *
 * <p>Any thread; nothing blocks. Futures complete on threads that must not be blocked, and fail
 * with {@link ClusterException} or {@link io.lignum.storage.StorageException}.
 */
public final class ClusterNode implements AutoCloseable {

    /**
     * The leader has {@link ClusterConfig#commitTimeout}, and a second for the way, to answer what
     * is forwarded.
     */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final NodeContext context;
    private final Node node;
    private final StatusPublisher board;
    private final OperatorCommands operator;
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    private ClusterNode(LogStore store, ClusterConfig config, ClusterEnvironment environment) {
        context = new NodeContext(config, environment, store, this::fail);
        NodeFiles files = NodeFiles.open(store, config, context, environment.disk());
        ReplicationMode.prepare(store);
        node = new Node(context, files, this::fail);
        board = new StatusPublisher(node);
        operator = new OperatorCommands(node, board);
    }

    /**
     * Begins to take part. The store stays the caller's to close, after this node; the environment
     * too.
     *
     * @throws ClusterStartException the data directory is not fit for it; the message says what to
     *     do
     */
    public static ClusterNode start(
            LogStore store, ClusterConfig config, ClusterEnvironment environment) {
        ClusterNode cluster = new ClusterNode(store, config, environment);
        cluster.context.onLoop(() -> {
            cluster.node.start();
            cluster.board.start();
            environment.network().serve(new PeerRequestHandler(cluster.node, cluster.operator));
        });
        return cluster;
    }

    /** Any thread. */
    private void fail(Throwable cause) {
        if (context
                .isBroken()) { // Nothing can be done in order any more, and nobody is to wait for
            // it.
            node.abandon("the node failed");
            failure.complete(cause);
            return;
        }
        context.onLoop(() -> {
            NodeContext.forward(node.halt("the node failed"), stopped);
            failure.complete(cause);
        });
    }

    /**
     * Completes when the node cannot go on, with the reason: it takes no part any more, and is to
     * be closed.
     */
    public CompletableFuture<Throwable> failure() {
        return failure.copy();
    }

    /** This node's id, as configured or generated. */
    public String nodeId() {
        return node.identity().self().nodeId();
    }

    /** Appends a record, to a topic that is created if absent. */
    public CompletableFuture<Committed> append(
            String topic, LogRecord record, NotLeaderPolicy elsewhere) {
        return node.appends().append(topic, record, elsewhere);
    }

    /** Appends records as one batch: all or none. */
    public CompletableFuture<Committed> append(
            String topic,
            List<LogRecord> records,
            AppendOptions options,
            NotLeaderPolicy elsewhere) {
        return node.appends().append(topic, records, options, elsewhere);
    }

    /** Appends a batch that is built already; its bytes are copied before this returns. */
    public CompletableFuture<Committed> append(
            String topic, ByteBuffer batch, AppendOptions options, NotLeaderPolicy elsewhere) {
        return node.appends().append(topic, batch, options, elsewhere);
    }

    /** Creates a topic on all nodes; completes when it is committed and here. */
    public CompletableFuture<TopicLog> createTopic(String name, TopicConfig config) {
        return command(OperatorCommands.CREATE, List.of(name, MetadataRecord.configToJson(config)))
                .thenCompose(id -> whenHere(
                        () -> context.store().findTopic(UUID.fromString(id)), "topic " + name));
    }

    /** Changes a topic's settings on all nodes; completes when that is committed and done here. */
    public CompletableFuture<TopicLog> alterTopic(String name, TopicConfig config) {
        return command(OperatorCommands.ALTER, List.of(name, MetadataRecord.configToJson(config)))
                .thenCompose(id -> whenHere(
                        () -> context.store()
                                .findTopic(UUID.fromString(id))
                                .filter(log -> log.config().equals(config)),
                        "the change of topic " + name));
    }

    /** Deletes a topic on all nodes; completes when that is committed and done here. */
    public CompletableFuture<Void> deleteTopic(String name) {
        return command(OperatorCommands.DELETE, List.of(name))
                .thenCompose(id -> whenHere(
                        () -> context.store().findTopic(UUID.fromString(id)).isEmpty()
                                ? Optional.of(id)
                                : Optional.empty(),
                        "the end of topic " + name))
                .thenAccept(id -> {});
    }

    /** Drops records below {@code newStart} on all nodes; completes when that is committed. */
    public CompletableFuture<Void> trimTopic(String name, long newStart) {
        return command(OperatorCommands.TRIM, List.of(name, Long.toString(newStart)))
                .thenAccept(id -> {});
    }

    /** At the leader, wherever that is. */
    private CompletableFuture<String> command(String command, List<String> arguments) {
        return context.call(
                context.config().commitTimeout().plus(GRACE),
                () -> new ClusterException.CommitUnknown(
                        command + " was not done in time; it may be done yet"),
                () -> node.roles().leading() != null
                        ? operator.carryOut(command, arguments)
                        : node.forwarder().command(command, arguments));
    }

    /** The leader has done it; this node does it when it gets there. */
    private <T> CompletableFuture<T> whenHere(Supplier<Optional<T>> look, String what) {
        return context.call(() -> {
            CompletableFuture<T> here = new CompletableFuture<>();
            node.catalogEvents().await(() -> {
                look.get().ifPresent(here::complete);
                return here.isDone();
            });
            context.later(
                    context.config().commitTimeout(),
                    () -> here.completeExceptionally(new ClusterException.NotCaughtUp(
                            what + " is committed, and has not come to this node yet")));
            return here;
        });
    }

    /**
     * Completes with the offset, exclusive, up to which this node's log must be readable for a
     * linearizable read that began now (R24, R25).
     */
    public CompletableFuture<Long> readIndex(TopicLog log) {
        return context.call(() -> {
            ReadBarrier barrier = node.roles().barrier();
            return barrier != null ? barrier.await(log) : node.forwarder().readIndex(log.id());
        });
    }

    /**
     * What to tell a reader of one of the store's topics whose read failed: a copy that is damaged
     * or being replaced, or not as far as others, passes on this node and is no property of the
     * topic. Such a failure becomes {@link ClusterException.NotCaughtUp}, any other is returned as
     * it is.
     *
     * @param from the offset that the read began at
     */
    public RuntimeException readError(String topic, long from, StorageException failure) {
        return node.readErrors().of(topic, from, failure);
    }

    /** What this node knows, at most a quarter of a second old. */
    public ClusterStatus status() {
        return board.latest();
    }

    /** What the leader knows. */
    public CompletableFuture<ClusterStatus> leaderStatus() {
        return command(OperatorCommands.STATUS, List.of()).thenApply(StatusJson::decode);
    }

    /** Who leads, as far as this node knows. */
    public Optional<ClusterException.Leader> leader() {
        return node.forwarder().leader();
    }

    /**
     * Hands leadership over to a node, or to the one that is furthest, without losing an append
     * (R6). Completes when the lock is given up.
     */
    public CompletableFuture<Void> transferLeadership(Optional<String> toNodeId) {
        return command(OperatorCommands.TRANSFER, toNodeId.map(List::of).orElse(List.of()))
                .thenAccept(done -> {});
    }

    /**
     * Takes a node out of the cluster for good: out of the in-sync replicas first, then off the
     * count (R35).
     */
    public CompletableFuture<Void> decommission(String nodeId) {
        return command(OperatorCommands.DECOMMISSION, List.of(nodeId)).thenAccept(done -> {});
    }

    /**
     * An operator's word that this node's data is what the cluster goes on with: after the
     * coordinator lost its data or was restored, or, with {@code unclean}, when no in-sync replica
     * is left and losing committed records is accepted. Without {@code unclean} it needs an answer
     * of every member that this node or another one knows, and refuses else.
     */
    public CompletableFuture<Void> recover(boolean unclean) {
        return context.call(() -> new ClusterRecovery(node, unclean).start());
    }

    /** Leaves the cluster gracefully: hands over if it leads (R6), for at most {@code patience}. */
    public CompletableFuture<Void> leave(Duration patience) {
        return context.call(() -> {
            CompletableFuture<Void> handed = node.roles().leading() == null
                    ? CompletableFuture.completedFuture(null)
                    : node.transfers().begin(Optional.empty(), patience);
            node.leaving();
            return handed.exceptionally(alone -> null);
        });
    }

    /**
     * Stops at once; whatever is on its way ends with outcome UNKNOWN. Call {@link #leave} before,
     * to be kind. Completes when the coordinator knows that this node is gone, or does not answer;
     * until then the environment must go on.
     */
    public CompletableFuture<Void> stop() {
        context.onLoop(() -> NodeContext.forward(node.halt("the node stops"), stopped));
        return stopped.copy();
    }

    /** Begins to {@link #stop}. */
    @Override
    public void close() {
        var unused = stop();
    }
}
