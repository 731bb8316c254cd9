package io.lignum.cluster.node;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.ClusterConfig;
import io.lignum.cluster.ClusterEnvironment;
import io.lignum.cluster.ClusterException;
import io.lignum.cluster.ClusterStartException;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.ReplicationMode;
import io.lignum.cluster.internal.topics.LeaderForwarder;
import io.lignum.cluster.internal.topics.TopicConfigJson;
import io.lignum.cluster.peer.LeaderCommand;
import io.lignum.cluster.peer.PeerResponse;
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
 * A node of a cluster around a store. Reads use the store's topics directly: their readable end is
 * the high watermark. Every change goes through this class, on any node; a follower forwards it to
 * the leader.
 *
 * <p>Any thread; no method blocks. Futures complete on threads that must not be blocked, and fail
 * with {@link ClusterException} or {@link io.lignum.storage.StorageException}.
 */
public final class ClusterNode implements AutoCloseable {

    /**
     * How much longer a follower waits for a command than the leader may take, which is
     * {@link ClusterConfig#commitTimeout}.
     */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final NodeContext context;
    private final Node node;
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    private ClusterNode(LogStore store, ClusterConfig config, ClusterEnvironment environment) {
        context = new NodeContext(config, environment, store, this::fail);
        NodeFiles files = NodeFiles.open(store, config, context, environment.disk());
        ReplicationMode.prepare(store);
        node = new Node(context, files, this::fail);
    }

    /**
     * Starts to take part in the cluster. The caller closes the store and the environment, after
     * this node.
     *
     * @throws ClusterStartException the data directory cannot be used; the message says what to do
     */
    public static ClusterNode start(
            LogStore store, ClusterConfig config, ClusterEnvironment environment) {
        ClusterNode cluster = new ClusterNode(store, config, environment);
        cluster.context.onLoop(() -> {
            cluster.node.start();
            cluster.node.status().start();
            environment.network().serve(cluster.node.peerService());
        });
        return cluster;
    }

    /** Any thread. */
    private void fail(Throwable cause) {
        if (context.isBroken()) {
            // No task runs on the node loop any more: pending calls must not wait for it.
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
     * Completes with the reason when the node has failed. It takes no further part in the cluster,
     * and must be closed.
     */
    public CompletableFuture<Throwable> failure() {
        return failure.copy();
    }

    /** This node's id, as configured or generated. */
    public String nodeId() {
        return node.nodeId();
    }

    /** Appends a record, to a topic that is created if absent. */
    public CompletableFuture<AppendResult> append(
            String topic, LogRecord record, NotLeaderPolicy elsewhere) {
        return node.appends().append(topic, record, elsewhere);
    }

    /** Appends records as one batch: all or none. */
    public CompletableFuture<AppendResult> append(
            String topic,
            List<LogRecord> records,
            AppendOptions options,
            NotLeaderPolicy elsewhere) {
        return node.appends().append(topic, records, options, elsewhere);
    }

    /** Appends a batch that is built already; its bytes are copied before this returns. */
    public CompletableFuture<AppendResult> append(
            String topic, ByteBuffer batch, AppendOptions options, NotLeaderPolicy elsewhere) {
        return node.appends().append(topic, batch, options, elsewhere);
    }

    /** Creates a topic on all nodes; completes when that is committed and applied on this node. */
    public CompletableFuture<TopicLog> createTopic(String name, TopicConfig config) {
        LeaderCommand create = new LeaderCommand.CreateTopic(name, TopicConfigJson.encode(config));
        return changeTopic(create)
                .thenCompose(id -> whenHere(() -> context.store().findTopic(id), create));
    }

    /**
     * Changes a topic's settings on all nodes; completes when that is committed and applied on this
     * node.
     */
    public CompletableFuture<TopicLog> alterTopic(String name, TopicConfig config) {
        LeaderCommand alter = new LeaderCommand.AlterTopic(name, TopicConfigJson.encode(config));
        return changeTopic(alter)
                .thenCompose(id -> whenHere(
                        () -> context.store()
                                .findTopic(id)
                                .filter(log -> log.config().equals(config)),
                        alter));
    }

    /** Deletes a topic on all nodes; completes when that is committed and applied on this node. */
    public CompletableFuture<Void> deleteTopic(String name) {
        LeaderCommand delete = new LeaderCommand.DeleteTopic(name);
        return changeTopic(delete)
                .thenCompose(id -> whenHere(
                        () -> context.store().findTopic(id).isEmpty()
                                ? Optional.of(id)
                                : Optional.empty(),
                        delete))
                .thenAccept(id -> {});
    }

    /**
     * Trims a topic on all nodes: removes the records below {@code newStart}. Completes when that
     * is committed.
     */
    public CompletableFuture<Void> trimTopic(String name, long newStart) {
        return changeTopic(new LeaderCommand.TrimTopic(name, newStart)).thenAccept(id -> {});
    }

    private CompletableFuture<UUID> changeTopic(LeaderCommand change) {
        return command(change, PeerResponse.TopicChanged.class)
                .thenApply(PeerResponse.TopicChanged::topic);
    }

    /** Executes the command at the leader: here, or at the node that leads. */
    private <T extends PeerResponse> CompletableFuture<T> command(
            LeaderCommand command, Class<T> kind) {
        return context.call(
                        context.config().commitTimeout().plus(GRACE),
                        () -> new ClusterException.CommitUnknown(command.description()
                                + " did not finish in time; it may still take effect"),
                        () -> node.roles().leading() != null
                                ? node.operator().execute(command)
                                : node.forwarder().command(command))
                .thenApply(answer -> LeaderForwarder.expect(answer, kind));
    }

    /** Waits until a change that the leader has committed is applied on this node, too. */
    private <T> CompletableFuture<T> whenHere(Supplier<Optional<T>> look, LeaderCommand change) {
        return context.call(() -> {
            CompletableFuture<T> here = new CompletableFuture<>();
            node.catalogEvents().await(() -> {
                look.get().ifPresent(here::complete);
                return here.isDone();
            });
            context.later(
                    context.config().commitTimeout(),
                    () -> here.completeExceptionally(
                            new ClusterException.CommitUnknown(change.description()
                                    + " is committed, but this node has not applied it yet")));
            return here;
        });
    }

    /**
     * Completes with the offset, exclusive, up to which this node's log must be readable before a
     * linearizable read that began now may be served (R24, R25).
     */
    public CompletableFuture<Long> readIndex(TopicLog log) {
        return node.requests().readIndex(log);
    }

    /**
     * Translates the failure of a read of one of the store's topics. A failure that only concerns
     * this node's copy, because the copy is damaged, being replaced or behind, becomes
     * {@link ClusterException.NotCaughtUp}: the same read can succeed on another node. Any other
     * failure is returned as it is.
     *
     * @param from the offset that the read began at
     */
    public RuntimeException readError(String topic, long from, StorageException failure) {
        return node.readErrors().of(topic, from, failure);
    }

    /** The cluster as this node knows it, at most a quarter of a second old. */
    public ClusterStatus status() {
        return node.status().latest();
    }

    /** The cluster as the leader knows it. */
    public CompletableFuture<ClusterStatus> leaderStatus() {
        return command(new LeaderCommand.GetStatus(), PeerResponse.Status.class)
                .thenApply(answer -> StatusJson.decode(answer.json()));
    }

    /** The leader, as far as this node knows. */
    public Optional<ClusterException.Leader> leader() {
        return node.forwarder().leader();
    }

    /**
     * Transfers the leadership without losing an append (R6): to the given node, or to an in-sync
     * follower that has every record. Completes when the lock is released.
     */
    public CompletableFuture<Void> transferLeadership(Optional<String> toNodeId) {
        return command(new LeaderCommand.TransferLeadership(toNodeId), PeerResponse.Done.class)
                .thenAccept(done -> {});
    }

    /**
     * Removes a node from the cluster for good: from the in-sync replicas first, then from the
     * number of nodes (R35).
     */
    public CompletableFuture<Void> decommission(String nodeId) {
        return command(new LeaderCommand.Decommission(nodeId), PeerResponse.Done.class)
                .thenAccept(done -> {});
    }

    /**
     * Makes this node's data the cluster's data, on behalf of an operator: after the coordinator
     * lost its data or was restored, or, with {@code unclean}, when no in-sync replica is left and
     * the loss of committed records is accepted. Without {@code unclean} every member that this
     * node or another one knows must answer, else the call fails.
     */
    public CompletableFuture<Void> recover(boolean unclean) {
        return context.call(() -> node.recover(unclean));
    }

    /**
     * Prepares a graceful shutdown: transfers the leadership if this node leads (R6), for at most
     * {@code patience}. The node does not stand for election any more.
     */
    public CompletableFuture<Void> leave(Duration patience) {
        return context.call(() -> node.leave(patience));
    }

    /**
     * Stops immediately; pending operations end with outcome UNKNOWN. Call {@link #leave} first for
     * a graceful shutdown. Completes when the coordinator has ended this node's session or does not
     * answer; the environment must run until then.
     */
    public CompletableFuture<Void> stop() {
        context.onLoop(() -> NodeContext.forward(node.halt("the node stops"), stopped));
        return stopped.copy();
    }

    /** Starts to {@link #stop}. */
    @Override
    public void close() {
        var unused = stop();
    }
}
