package io.lignum.server.service;

import io.lignum.cluster.ClusterException.Leader;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.node.ClusterNode;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.server.access.AccessConfig;
import io.lignum.server.access.AccessControl;
import io.lignum.server.access.Requester;
import io.lignum.server.access.SecuritySource;
import io.lignum.server.audit.AuditLog;
import io.lignum.server.config.Limits;
import io.lignum.server.config.QuotaConfig;
import io.lignum.storage.LogStore;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
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

    /** How long a node that needs its users waits for them before it serves calls. */
    private static final Duration MAX_LOAD = Duration.ofSeconds(6);

    private final Limits limits;
    private final NodeThreads threads;
    private final Liveness liveness = new Liveness();
    private final BootstrapSource bootstrap;
    private final NodeState state = new NodeState();
    private final AccessControl access;
    private final AuditLog audit;
    private final SecurityLog security;
    private final MissingGrants missing = new MissingGrants(InstantSource.system());
    private final NodeAlarms alarms = new NodeAlarms(InstantSource.system());
    private final AppendService producer;
    private final Waiters waiters;
    private final Admission admission;
    private final SessionParts parts;
    private final Session ownSession;
    private volatile @Nullable SecurityFollower follower;

    /**
     * What decides about access.
     *
     * @param bootstrap the first user, if there is to be one
     */
    public record Security(
            AccessConfig config, QuotaConfig quotas, AuditLog audit, BootstrapSource bootstrap) {}

    /** @param threads makes the threads of this object, and of the listeners on the network */
    public LogService(
            Limits limits, Security settings, ServiceListener listener, NodeThreads threads) {
        this.limits = limits;
        this.threads = threads;
        this.bootstrap = settings.bootstrap();
        this.audit = settings.audit();
        RequestFailures failures = threads.failures();
        this.security = new SecurityLog(state, failures);
        this.access = new AccessControl(
                settings.config(),
                security,
                InstantSource.system(),
                (requester, action, resource, enforced) -> {
                    audit.denied(requester, action, resource, enforced);
                    if (!enforced) {
                        missing.add(requester, action, resource);
                    }
                    listener.denied(action, enforced);
                });
        TopicRequests topics = new TopicRequests(state, listener);
        CallErrors errors = new CallErrors(listener);
        this.admission = new Admission(limits, listener, errors);
        this.producer = new AppendService(state, limits, listener, admission::memory);
        this.waiters = new Waiters(limits, threads);
        liveness.watch("The timer of waiting reads", waiters.timer());
        this.parts = new SessionParts(
                state,
                limits,
                listener,
                errors,
                failures,
                topics,
                producer,
                new ReadService(topics, limits, listener),
                waiters,
                new ReadDemandWaits(state, topics, waiters, failures, limits),
                admission,
                security,
                new Rechecks(access, waiters.timer()),
                new Quotas(settings.quotas(), access, failures, waiters.timer(), System::nanoTime),
                missing);
        this.ownSession = session(Requester.OWNER);
    }

    /** Serves calls from now on, as a standalone node. The caller closes the store. */
    public void opened(LogStore store, Path directory, String nodeId, NodeAddress address) {
        opened(
                store,
                directory,
                new StandaloneWrites(store, parts.listener()),
                new StandaloneMembership(nodeId, address, alarms));
    }

    /** Serves calls from now on, as a cluster node. The caller closes the store and the node. */
    public void opened(LogStore store, Path directory, ClusterNode node) {
        opened(
                store,
                directory,
                new ClusterWrites(store, node, parts.listener()),
                new ClusterMembership(node, alarms));
    }

    /** The same with the parts as arguments, for tests. */
    public void opened(LogStore store, Path directory, Writes writes, ClusterMember membership) {
        NodeState.Opened opened = new NodeState.Opened(store, directory, writes, membership);
        state.prepare(opened);
        Bootstrap firstUser = new Bootstrap(security, bootstrap, failures());
        SecurityFollower started = new SecurityFollower(opened, security, threads, () -> {
            firstUser.run();
            alarms.check();
        });
        follower = started;
        started.start();
        if (access.mode().usesGrants()) {
            started.awaitLoaded(MAX_LOAD);
        }
        alarms.check();
        state.opened();
    }

    /** Refuses calls from now on; those in flight continue. */
    public void stopping() {
        state.stopping();
        parts.quotas().end();
    }

    /** Ends what uses the store. Called before it is closed; no calls are in flight then. */
    public void detach() {
        SecurityFollower started = follower;
        if (started != null) {
            started.close();
        }
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

    /** What an operator should look at on this node. */
    public NodeAlarms alarms() {
        return alarms;
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

    /** The calls that a requester may make. Cheap; one for each call, or for each stream. */
    public Session session(Requester requester) {
        return new Session(parts, new Permissions(access, audit, threads.failures(), requester));
    }

    /** The calls of the program that embeds the node, which may make all of them. */
    public Session ownSession() {
        return ownSession;
    }

    /** The users, tokens and grants that the node knows. */
    public SecuritySource security() {
        return security;
    }

    /** How often the users were looked for since the start, for a test. */
    long looksAtUsers() {
        SecurityFollower started = follower;
        return started == null ? 0 : started.looks();
    }

    /** The first offset of the log of users, for a test. */
    long securityLogStart() {
        return state.store().topic(SecurityLog.TOPIC).logStartOffset();
    }

    /** Decides what requesters may do. */
    public AccessControl access() {
        return access;
    }

    /** The cluster of the node, also of a node that stops; empty while it recovers. */
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
        return parts.errors().callAsync(() -> {
            ClusterOverview membership = state.membership();
            return waiters.until(
                    membership::takesWrites,
                    timeout,
                    () -> ServiceException.notLeader("no node leads the cluster", null));
        });
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

    /** Ends the threads. */
    @Override
    public void close() {
        detach();
        waiters.close();
    }
}
