package io.lignum.server.service;

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
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the node does for its clients, whichever listener they come through. Any thread. Calls are
 * refused with NOT_READY until the store is open, with SHUTTING_DOWN once the node stops, and with
 * STORAGE_FAILED after a disk failure. Every error is a {@link ServiceException}.
 */
public final class LogService implements AutoCloseable {

    /** What one topic takes in a list, its name included, rounded up. */
    private static final int TOPIC_INFO_BYTES = 256;

    private final Limits limits;
    private final NodeThreads threads;
    private final Liveness liveness = new Liveness();
    private final ServiceListener listener;
    private final NodeState state = new NodeState();
    private final Topics topics;
    private final Producer producer;
    private final Reader reader;
    private final Waiters waiters;
    private final ReadDemandWaits demands;
    private final DivergentFiles divergent;
    private final Permits requests;
    private final Permits streams;
    private final Permits memory;

    /** @param threads makes the threads of this object, and of the listeners on the network */
    public LogService(Limits limits, ServiceListener listener, NodeThreads threads) {
        this.limits = limits;
        this.threads = threads;
        this.listener = listener;
        this.memory = new Permits(
                ErrorCode.OVERLOADED,
                "limits.max-bytes-in-flight",
                limits.maxBytesInFlight(),
                "bytes of requests and answers on their way");
        this.topics = new Topics(state, listener);
        this.producer = new Producer(state, limits, listener, this::memory);
        this.reader = new Reader(topics, limits, listener);
        RequestFailures failures = threads.failures();
        this.waiters = new Waiters(limits, threads);
        liveness.watch("The timer of waiting reads", waiters.timer());
        this.demands = new ReadDemandWaits(state, topics, waiters, failures, limits);
        this.divergent = new DivergentFiles(state, producer, limits);
        this.requests = new Permits(
                ErrorCode.OVERLOADED,
                "limits.max-requests-in-flight",
                limits.maxRequestsInFlight(),
                "requests at once");
        this.streams = new Permits(
                ErrorCode.OVERLOADED, "limits.max-streams", limits.maxStreams(), "open streams");
    }

    /**
     * From here on calls are served, by a node that stands alone. The store stays the caller's to
     * close.
     */
    public void opened(LogStore store, Path directory, String nodeId, NodeAddress address) {
        opened(
                store,
                directory,
                new StandaloneWrites(store, listener),
                new StandaloneMembership(nodeId, address));
    }

    /**
     * From here on calls are served, by a node of a cluster. Store and node stay the caller's to
     * close.
     */
    public void opened(LogStore store, Path directory, ClusterNode node) {
        opened(
                store,
                directory,
                new ClusterWrites(store, node, listener),
                new ClusterMembership(node));
    }

    /** As above, with the parts by themselves. */
    public void opened(LogStore store, Path directory, Writes writes, Membership membership) {
        state.opened(new NodeState.Opened(store, directory, writes, membership));
    }

    /** From here on calls are refused; those in flight go on. */
    public void stopping() {
        state.stopping();
    }

    /** The node cannot go on, most likely as its disk failed: from here on calls are refused. */
    public void nodeFailed() {
        state.failed();
    }

    public boolean isReady() {
        return state.isReady();
    }

    /** Called at once and at every change, with whether calls are served; must be quick. */
    public void onReadiness(Consumer<Boolean> observer) {
        state.observe(observer);
    }

    public Limits limits() {
        return limits;
    }

    /** Makes threads whose failure is the node's. */
    public NodeThreads threads() {
        return threads;
    }

    /** What becomes of exceptions that nothing was prepared for. */
    public RequestFailures failures() {
        return threads.failures();
    }

    /** Which threads of the node still move. */
    public Liveness liveness() {
        return liveness;
    }

    /** Whether the node failed, or it is stuck and cannot be relied on to find out by itself. */
    public List<String> problems() {
        return state.isFailed() ? List.of("the node failed and stops") : liveness.stuck();
    }

    /**
     * Appends one message, to a topic that is created if absent. The future completes on a thread
     * of the engine, which must not be blocked; nothing is thrown, errors are in the future.
     */
    public CompletableFuture<Produced> produce(String topic, LogRecord record) {
        return produce(topic, record, NotLeaderPolicy.FORWARD);
    }

    /** As above, and says what to do when another node leads. */
    public CompletableFuture<Produced> produce(
            String topic, LogRecord record, NotLeaderPolicy elsewhere) {
        return producer.produce(topic, record, elsewhere);
    }

    /** As {@link #produce(String, LogRecord)}, all of them or none, in one batch. */
    public CompletableFuture<Produced> produce(
            String topic, List<LogRecord> records, AppendOptions options) {
        return produce(topic, records, options, NotLeaderPolicy.FORWARD);
    }

    /** As above, and says what to do when another node leads. */
    public CompletableFuture<Produced> produce(
            String topic,
            List<LogRecord> records,
            AppendOptions options,
            NotLeaderPolicy elsewhere) {
        return producer.produce(topic, records, options, elsewhere);
    }

    /**
     * As above, with a batch that the client built: it is checked to the last record, and copied
     * before the call returns.
     *
     * @param options without a producer: its stamp is in the batch
     */
    public CompletableFuture<Produced> produceBuilt(
            String topic, ByteBuffer batch, AppendOptions options, NotLeaderPolicy elsewhere) {
        return producer.produceBuilt(topic, batch, options, elsewhere);
    }

    /**
     * Completes when a read from this offset may be answered, on a thread that must not be blocked;
     * at once unless the demand is to be waited for, which is bounded by limits.max-wait-in-ms.
     * Cancel it to give up.
     */
    public CompletableFuture<Void> meet(String topic, long from, ReadDemand demand) {
        if (demand.isNone()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> met;
        try {
            met = demands.meet(topic, from, demand);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(failed(e));
        }
        failures().whenDone(met, (done, error) -> {
            if (error instanceof ServiceException told) {
                listener.failed(told.code());
            }
        });
        return met;
    }

    /** Blocks on the disk; the thread must never be interrupted. Empty at or past the end. */
    public Page read(ReadQuery query) {
        try (MemoryLease lease = memory()) {
            return read(query, lease);
        }
    }

    /**
     * As above. The page is counted in the lease before it is built, and as long as that is open.
     */
    public Page read(ReadQuery query, MemoryLease lease) {
        return told(() -> reader.read(query, lease));
    }

    /** For raw batches as stored, from an offset on. */
    public BatchReader batches(String topic, long from) {
        return told(() -> reader.batches(topic, from));
    }

    /**
     * Completes with the readable end once it is above {@code offset}, or at the timeout with the
     * end as it is then, on a thread that must not be blocked. Cancel it to give up.
     */
    public CompletableFuture<Long> awaitReadable(String topic, long offset, Duration timeout) {
        Duration bound = timeout.compareTo(limits.maxWait()) > 0 ? limits.maxWait() : timeout;
        return told(() -> {
            TopicLog log = topics.existing(topic);
            return waiters.await(log, offset, bound);
        });
    }

    /**
     * As above, without a timeout, for a subscription: completes once the readable end is above
     * {@code offset}, or with the error that ends the topic. Cancel it to give up.
     */
    public CompletableFuture<Long> awaitReadable(String topic, long offset) {
        return told(() -> waiters.await(topics.existing(topic), offset));
    }

    /** The first offset whose timestamp, in ms since the epoch, is at or after the one given. */
    public OptionalLong offsetAt(String topic, long timestampMillis) {
        return told(() -> reader.offsetAt(topic, timestampMillis));
    }

    /**
     * Whether an append finds its topic open, which is quick to answer; else it will be created.
     */
    public boolean hasTopic(String name) {
        return state.isReady() && topics.isThere(name);
    }

    /** The cluster that the node is in, or is by itself. Refused as calls are. */
    public Membership membership() {
        return told(state::membership);
    }

    /** As above, also of a node that stops; empty while it recovers. */
    public Optional<Membership> knownMembership() {
        return state.knownMembership();
    }

    /**
     * Whether a write that is sent to this node now has a chance: it is ready, knows a leader, and
     * if it leads itself there is room on its disk.
     */
    public boolean takesWrites() {
        Optional<Membership> known = state.knownMembership();
        return isReady()
                && known.isPresent()
                && known.get().takesWrites()
                && !(isDiskFull() && known.get().status().role() == ClusterStatus.Role.LEADER);
    }

    /** Appends to this node's disk are refused until there is more room. */
    public boolean isDiskFull() {
        return state.isDiskFull();
    }

    /**
     * Id of the node that leads, for answers; empty on a standalone node, and where nobody is known
     * to lead.
     */
    public Optional<String> leaderId() {
        Optional<Membership> known = state.knownMembership();
        return known.isPresent() && known.get().isClustered()
                ? known.get().leader().map(Leader::nodeId)
                : Optional.empty();
    }

    /**
     * Completes once writes sent to this node have somewhere to go, which is at once on a
     * standalone one; with NOT_LEADER if that is not so within the time.
     */
    public CompletableFuture<Void> awaitLeader(Duration patience) {
        return telling(() -> {
            Membership membership = state.membership();
            return waiters.until(
                    membership::takesWrites,
                    patience,
                    () -> ServiceException.notLeader("nobody leads the cluster", null));
        });
    }

    /** What recovery from another leader cut off and kept. */
    public DivergentFiles divergentFiles() {
        return divergent;
    }

    /** Waits until it is done. */
    public TopicInfo createTopic(String name, TopicPatch settings) {
        return await(createTopicAsync(name, settings));
    }

    /** May touch files on the calling thread. Completes on a thread that must not be blocked. */
    public CompletableFuture<TopicInfo> createTopicAsync(String name, TopicPatch settings) {
        return telling(() -> topics.create(name, settings));
    }

    /** Waits until it is done. */
    public TopicInfo alterTopic(String name, TopicPatch settings) {
        return await(alterTopicAsync(name, settings));
    }

    /** As {@link #createTopicAsync}. */
    public CompletableFuture<TopicInfo> alterTopicAsync(String name, TopicPatch settings) {
        return telling(() -> topics.alter(name, settings));
    }

    public TopicInfo describeTopic(String name) {
        return told(() -> topics.describe(name));
    }

    /** Refuses with UNKNOWN_TOPIC unless the topic of that name is still the one of this id. */
    public TopicInfo requireTopic(String name, UUID id) {
        return told(() -> topics.describe(name, id));
    }

    /** Sorted by name. */
    public List<TopicInfo> listTopics() {
        return told(topics::list);
    }

    /** As above. The list is counted in the lease before it is built. */
    public List<TopicInfo> listTopics(MemoryLease lease) {
        return told(() -> {
            lease.reserve((long) topics.count() * TOPIC_INFO_BYTES);
            return topics.list();
        });
    }

    /** Waits until it is done. */
    public void deleteTopic(String name) {
        await(deleteTopicAsync(name));
    }

    /** As {@link #createTopicAsync}. */
    public CompletableFuture<Void> deleteTopicAsync(String name) {
        return telling(() -> topics.delete(name));
    }

    /** Drops messages below {@code newStart}, which is at most the end; waits until it is done. */
    public TopicInfo trimTopic(String name, long newStart) {
        return await(trimTopicAsync(name, newStart));
    }

    /** As {@link #createTopicAsync}. */
    public CompletableFuture<TopicInfo> trimTopicAsync(String name, long newStart) {
        return telling(() -> topics.trim(name, newStart));
    }

    /** One request being served; OVERLOADED above limits.max-requests-in-flight. */
    public Permit admit() {
        return told(() -> new Permit(requests));
    }

    /** One open stream; OVERLOADED above limits.max-streams. */
    public Permit openStream() {
        return told(() -> new Permit(streams));
    }

    /** For the memory of one request and its answer; closed by who asked for it. */
    public MemoryLease memory() {
        return new MemoryLease(memory, listener);
    }

    /** Bytes of all leases that are open. */
    public long memoryInUse() {
        return memory.taken();
    }

    /** Waits until every request that was admitted is answered. Used once, when stopping. */
    public void awaitQuiet(Duration atMost) throws InterruptedException {
        requests.awaitNone(atMost);
    }

    public long requestsInFlight() {
        return requests.taken();
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

    public long openStreams() {
        return streams.taken();
    }

    private <T> T told(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    private <T> CompletableFuture<T> telling(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get().handle((done, error) -> {
                if (error != null) {
                    throw failed(error);
                }
                return done;
            });
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(failed(e));
        }
    }

    private static <T> T await(CompletableFuture<T> call) {
        try {
            return call.join();
        } catch (CompletionException e) {
            throw ServiceException.of(e);
        }
    }

    private ServiceException failed(Throwable error) {
        ServiceException told = ServiceException.of(error);
        listener.failed(told.code());
        return told;
    }

    /** Ends the timer of waiting reads. */
    @Override
    public void close() {
        waiters.close();
    }
}
