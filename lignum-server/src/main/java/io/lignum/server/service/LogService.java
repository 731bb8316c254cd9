package io.lignum.server.service;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.ClusterException.Leader;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.cluster.node.ClusterNode;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.record.LogRecord;
import io.lignum.server.config.Limits;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicLog;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The calls of a node for its clients, independent of the protocol. Used by both listeners, and by
 * a program that embeds the node.
 *
 * <p>Any thread. Calls fail with NOT_READY until the store is open, with SHUTTING_DOWN once the
 * node stops, and with STORAGE_FAILED after a disk failure. Every error is a {@link
 * ServiceException}.
 */
public final class LogService implements AutoCloseable {

    private final Limits limits;
    private final NodeThreads threads;
    private final Liveness liveness = new Liveness();
    private final ServiceListener listener;
    private final NodeState state = new NodeState();
    private final TopicRequests topics;
    private final TopicService topicService;
    private final CallErrors errors;
    private final AppendService producer;
    private final ReadService reader;
    private final Waiters waiters;
    private final ReadDemandWaits demands;
    private final DivergentFiles divergent;
    private final Admission admission;

    /** @param threads makes the threads of this object, and of the listeners on the network */
    public LogService(Limits limits, ServiceListener listener, NodeThreads threads) {
        this.limits = limits;
        this.threads = threads;
        this.listener = listener;
        this.topics = new TopicRequests(state, listener);
        this.errors = new CallErrors(listener);
        this.admission = new Admission(limits, listener, errors);
        this.topicService = new TopicService(topics, errors);
        this.producer = new AppendService(state, limits, listener, admission::memory);
        this.reader = new ReadService(topics, limits, listener);
        RequestFailures failures = threads.failures();
        this.waiters = new Waiters(limits, threads);
        liveness.watch("The timer of waiting reads", waiters.timer());
        this.demands = new ReadDemandWaits(state, topics, waiters, failures, limits);
        this.divergent = new DivergentFiles(state, producer, limits);
    }

    /** Serves calls from now on, as a standalone node. The caller closes the store. */
    public void opened(LogStore store, Path directory, String nodeId, NodeAddress address) {
        opened(
                store,
                directory,
                new StandaloneWrites(store, listener),
                new StandaloneMembership(nodeId, address));
    }

    /** Serves calls from now on, as a cluster node. The caller closes the store and the node. */
    public void opened(LogStore store, Path directory, ClusterNode node) {
        opened(
                store,
                directory,
                new ClusterWrites(store, node, listener),
                new ClusterMembership(node));
    }

    /** The same with the parts as arguments, for tests. */
    public void opened(LogStore store, Path directory, Writes writes, ClusterOverview membership) {
        state.opened(new NodeState.Opened(store, directory, writes, membership));
    }

    /** Refuses calls from now on; those in flight continue. */
    public void stopping() {
        state.stopping();
    }

    /** Refuses calls from now on: the node failed, most likely because of its disk. */
    public void nodeFailed() {
        state.failed();
    }

    public boolean isReady() {
        return state.isReady();
    }

    /**
     * Calls the observer now and at each change, with whether calls are served. The observer must
     * be quick.
     */
    public void onReadiness(Consumer<Boolean> observer) {
        state.observe(observer);
    }

    public Limits limits() {
        return limits;
    }

    /** Creates threads whose failure is the node's. */
    public NodeThreads threads() {
        return threads;
    }

    /** Handles exceptions that no code expects. */
    public RequestFailures failures() {
        return threads.failures();
    }

    /** Finds threads of the node that have stopped moving. */
    public Liveness liveness() {
        return liveness;
    }

    /**
     * Why the process should be restarted, each as a sentence: the node failed, or threads are
     * stuck. Empty if neither.
     */
    public List<String> problems() {
        return state.isFailed() ? List.of("the node failed and stops") : liveness.stuck();
    }

    /**
     * Appends one message, to a topic that is created if absent. The future completes on a thread
     * of the engine, which must not be blocked. Throws nothing; errors are in the future.
     */
    public CompletableFuture<AppendResult> produce(
            String topic, LogRecord record, NotLeaderPolicy elsewhere) {
        return producer.produce(topic, record, elsewhere);
    }

    /** The same for several messages: all of them or none, in one batch. */
    public CompletableFuture<AppendResult> produce(
            String topic,
            List<LogRecord> records,
            AppendOptions options,
            NotLeaderPolicy elsewhere) {
        return producer.produce(topic, records, options, elsewhere);
    }

    /**
     * The same for a batch that the client built. The batch is validated to the last record, and
     * copied before the call returns.
     *
     * @param options without a producer: its stamp is in the batch
     */
    public CompletableFuture<AppendResult> produceBuilt(
            String topic, ByteBuffer batch, AppendOptions options, NotLeaderPolicy elsewhere) {
        return producer.produceBuilt(topic, batch, options, elsewhere);
    }

    /**
     * Completes when a read from this offset may be answered, on a thread that must not be blocked.
     * Waits for at most limits.max-wait-in-ms if the demand requires it. Cancel the future to give
     * up.
     */
    public CompletableFuture<Void> awaitDemand(String topic, long from, ReadDemand demand) {
        if (demand.isNone()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> ready;
        try {
            ready = demands.await(topic, from, demand);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(errors.failed(e));
        }
        failures().whenDone(ready, (done, error) -> {
            if (error instanceof ServiceException known) {
                listener.failed(known.code());
            }
        });
        return ready;
    }

    /**
     * Reads a page; empty at or past the end. Blocks on the disk, and the thread must never be
     * interrupted.
     */
    public Page read(ReadQuery query) {
        try (MemoryLease lease = admission.memory()) {
            return read(query, lease);
        }
    }

    /**
     * The same; the lease holds the memory of the page, which is reserved before the page is built.
     */
    public Page read(ReadQuery query, MemoryLease lease) {
        return errors.call(() -> reader.read(query, lease));
    }

    /** Opens a reader of raw batches as stored, from an offset on. */
    public BatchReader batches(String topic, long from) {
        return errors.call(() -> reader.batches(topic, from));
    }

    /**
     * Completes with the readable end when it is above {@code offset}, or at the timeout, on a
     * thread that must not be blocked. Cancel the future to give up.
     */
    public CompletableFuture<Long> awaitReadable(String topic, long offset, Duration timeout) {
        Duration bound = timeout.compareTo(limits.maxWait()) > 0 ? limits.maxWait() : timeout;
        return errors.call(() -> {
            TopicLog log = topics.existing(topic);
            return waiters.await(log, offset, bound);
        });
    }

    /** The same without a timeout, for a subscription. Fails with the error that ends the topic. */
    public CompletableFuture<Long> awaitReadable(String topic, long offset) {
        return errors.call(() -> waiters.await(topics.existing(topic), offset));
    }

    /** The first offset whose timestamp, in ms since the epoch, is at or after the one given. */
    public OptionalLong offsetAt(String topic, long timestampMillis) {
        return errors.call(() -> reader.offsetAt(topic, timestampMillis));
    }

    /** Whether an append to this topic needs not create it. Does not block. */
    public boolean hasTopic(String name) {
        return state.isReady() && topics.isThere(name);
    }

    /** The cluster of the node; a standalone node is a cluster of one. Fails as calls do. */
    public ClusterOverview membership() {
        return errors.call(state::membership);
    }

    /** The same for a node that stops, too; empty while the node recovers. */
    public Optional<ClusterOverview> knownMembership() {
        return state.knownMembership();
    }

    /**
     * Whether a write sent to this node can succeed now: the node is ready and knows a leader, and
     * if it leads itself, its disk accepts appends.
     */
    public boolean takesWrites() {
        Optional<ClusterOverview> known = state.knownMembership();
        return isReady()
                && known.isPresent()
                && known.get().takesWrites()
                && !(whyDiskFull().isPresent()
                        && known.get().status().role() == ClusterStatus.Role.LEADER);
    }

    /** Why appends to this node's disk are refused for want of space; empty if they are taken. */
    public Optional<String> whyDiskFull() {
        return state.whyDiskFull();
    }

    /** The leader's id for answers; empty on a standalone node, and if no leader is known. */
    public Optional<String> leaderId() {
        Optional<ClusterOverview> known = state.knownMembership();
        return known.isPresent() && known.get().isClustered()
                ? known.get().leader().map(Leader::nodeId)
                : Optional.empty();
    }

    /**
     * Completes when this node knows a leader for writes, which a standalone node does at once;
     * fails with NOT_LEADER after {@code timeout}.
     */
    public CompletableFuture<Void> awaitLeader(Duration timeout) {
        return errors.callAsync(() -> {
            ClusterOverview membership = state.membership();
            return waiters.until(
                    membership::takesWrites,
                    timeout,
                    () -> ServiceException.notLeader("no node leads the cluster", null));
        });
    }

    /** The files with records that were cut because another leader's log differs. */
    public DivergentFiles divergentFiles() {
        return divergent;
    }

    /** The calls that list, describe and change topics. */
    public TopicService topics() {
        return topicService;
    }

    /** Admits requests and streams, and the memory that they use. */
    public Admission admission() {
        return admission;
    }

    public long appendsInFlight() {
        return producer.appendsInFlight();
    }

    public long bytesInFlight() {
        return producer.bytesInFlight();
    }

    public long waitingReads() {
        return waiters.waiting();
    }

    /** Ends the timer of waiting reads. */
    @Override
    public void close() {
        waiters.close();
    }
}
