package io.lignum.cluster;

import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.peer.Answer;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The node's life: it looks for a leader, follows it, or leads; one of the three at a time. What each of them means is in
 * {@link FollowerRole}, {@link LeaderRole} and {@link Elector}; here is only when one ends and the next begins.
 *
 * <p>The node's loop only, where nothing else is said.
 */
final class Node
        implements SessionKeeper.Listener,
                Elector.Listener,
                FollowerRole.Listener,
                LeaderRole.Listener,
                TopicCatalog.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private static final Duration REST_AFTER_LOSS = Duration.ofSeconds(1);
    private static final Duration REST_AFTER_STALL = Duration.ofSeconds(30);
    private static final Duration REST_AFTER_HANDOVER = Duration.ofSeconds(2);

    private final NodeContext context;
    private final IdentityKeeper identity;
    private final SessionKeeper sessions;
    private final ClusterView view;
    private final Registry registry;
    private final Elector elector;
    private final TopicCatalog catalog;
    private final Forwarder forwarder;
    private final Appends appends;
    private final Consumer<Throwable> fatal;
    private final boolean mayJoin;
    private final Set<String> alarms = new LinkedHashSet<>();
    private final List<Consumer<ClusterStatus.Role>> observers = new ArrayList<>();
    private final List<Runnable> catalogWaiters = new ArrayList<>();
    private volatile ClusterStatus.Role role = ClusterStatus.Role.LOOKING;
    private volatile @Nullable LeaderRole leader;
    private @Nullable FollowerRole follower;
    private @Nullable TopicCommands commands;
    private @Nullable ReadBarrier barrier;
    private int transitions;
    private boolean becoming;
    private boolean leaving;
    private boolean failed;

    /**
     * Starts nothing yet.
     *
     * @param fatal told once why the node cannot go on; any thread
     */
    Node(NodeContext context, NodeFiles files, Consumer<Throwable> fatal) {
        this.context = context;
        this.fatal = fatal;
        mayJoin = files.mayJoin();
        identity = new IdentityKeeper(context, files.file(), files.identity());
        String self = files.identity().self().nodeId();
        ClusterConfig config = context.config();
        Registration registration = new Registration(
                self,
                config.serviceName(),
                config.address().host(),
                config.address().internalPort());
        sessions = new SessionKeeper(context, registration, this);
        view = new ClusterView(context, this::reconsider, sessions::answered);
        registry = new Registry(context, identity, view);
        elector = new Elector(context, identity, sessions, view, files.mayFound(), this);
        catalog = new TopicCatalog(context, files.metadata(), this);
        forwarder = new Forwarder(context, identity);
        appends = new Appends(
                context,
                sessions,
                forwarder,
                new TopicCreator(this::makeTopic),
                this::proveLead,
                self);
    }

    void start() {
        context.store().addListener(new LogEvents(this));
        LogEvents.prepare(context.store());
        catalog.wake();
        registry.register();
        sessions.start();
        view.start();
    }

    // ---- what the coordinator tells

    @Override
    public void sessionOpened(String session) {
        elector.consider();
    }

    @Override
    public void sessionLost(String session) {
        if (leader != null) {
            stepDown("the session with the coordinator is lost");
        }
    }

    @Override
    public void stateRead(ClusterState state, long index) {
        view.learned(state, index);
        reconsider();
    }

    @Override
    public void lookAgain() {
        reconsider();
    }

    /** Something of the cluster may have changed: is this node still what it should be? */
    private void reconsider() {
        registry.keep();
        LeaderRole leading = leader;
        if (leading != null) {
            checkLead(leading);
            return;
        }
        if (becoming || failed) {
            return;
        }
        Optional<ClusterState> state = view.state();
        if (state.isPresent() && state.get().leader().isPresent()) {
            ClusterState.Leader named = state.get().leader().get();
            boolean holds = view.lockHolder().equals(Optional.of(named.session()));
            if (holds && !named.member().equals(identity.identity().self())) {
                follow(state.get(), named);
                return;
            }
        }
        if (!leaving) {
            elector.consider();
        }
    }

    private void checkLead(LeaderRole leading) {
        Optional<Integer> seen = view.state().map(ClusterState::epoch);
        Optional<String> holder = view.lockHolder();
        if (seen.isPresent() && seen.get() > leading.epoch()) {
            deposed(seen.get(), "epoch " + seen.get() + " has begun");
        } else if (holder.isPresent() && !holder.equals(sessions.session())) {
            deposed(leading.epoch(), "another session holds the leader lock");
        }
    }

    // ---- following

    private void follow(ClusterState state, ClusterState.Leader named) {
        Identity now = identity.identity();
        FollowerRole current = follower;
        NodeRecord record = view.find(named.member().nodeId());
        if (state.epoch() < now.epoch()
                || record == null
                || !record.member().equals(named.member())
                || (current != null
                        && current.epoch() == state.epoch()
                        && current.leader().equals(named.member())
                        && current.address().equals(record.address()))) {
            return;
        }
        if (now.clusterId().isPresent() && !now.clusterId().get().equals(state.clusterId())) {
            unfit("this node is of cluster " + now.clusterId().get()
                    + ", the coordinator knows cluster " + state.clusterId());
            return;
        }
        if (now.clusterId().isEmpty() && !mayJoin) {
            unfit("this node's data is to found a cluster, but cluster " + state.clusterId()
                    + " exists already: join it with an empty data directory");
            return;
        }
        endRoles("node " + named.member().nodeId() + " leads");
        int mine = ++transitions;
        var unused = remember(state).whenComplete((after, failure) -> {
            if (after == null) {
                diskFailed(failure);
            } else if (mine == transitions) {
                beginFollowing(state, after, record);
            }
        });
    }

    /** Durable before this node acts on the epoch (R2, R10). */
    private CompletableFuture<Identity> remember(ClusterState state) {
        return identity.update(before -> before.inCluster(state.clusterId())
                .atEpoch(state.epoch())
                .seen(state.epoch(), state.version()));
    }

    private void beginFollowing(ClusterState state, Identity durable, NodeRecord of) {
        boolean unclean = state.uncleanEpoch().isPresent()
                && state.uncleanEpoch().getAsInt() <= state.epoch();
        FollowerRole begun =
                new FollowerRole(context, durable, of.member(), of.address(), unclean, this);
        follower = begun;
        leaderLeads(true);
        begun.start(context.store().topics());
        become(ClusterStatus.Role.FOLLOWER);
    }

    /** A node that says that it does not lead is nobody to send writes to, and no leader to show. */
    @Override
    public void leaderLeads(boolean leads) {
        FollowerRole following = follower;
        if (following != null) {
            forwarder.leaderIs(
                    leads
                            ? new ClusterException.Leader(
                                    following.leader().nodeId(), following.address())
                            : null);
        }
    }

    @Override
    public void higherEpoch(int epoch) {
        endRoles("a peer is at epoch " + epoch);
        transitions++;
        note(before -> before.atEpoch(epoch));
        become(ClusterStatus.Role.LOOKING);
    }

    @Override
    public void dataLost(String why) {
        LOG.error("This node lost data that it had acknowledged: {}", why);
        renewIncarnation();
    }

    /** The node cannot vouch for what it acknowledged: it becomes another one, which has acknowledged nothing (R1). */
    private void renewIncarnation() {
        endRoles("this node takes a new incarnation");
        int mine = ++transitions;
        var unused = identity.update(before -> before.withIncarnation(context.newId()))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        diskFailed(failure);
                    } else if (mine == transitions) {
                        registry.register();
                        become(ClusterStatus.Role.LOOKING);
                        reconsider();
                    }
                });
    }

    @Override
    public void forked(TopicLog log, long cut) {
        fatal.accept(new ClusterStartException("topic " + log.name() + " differs from its leader's"
                + " from offset " + cut + " on, below what was committed ("
                + log.highWatermark().orElse(0) + "): this must not happen. The node halts and"
                + " touches nothing; keep its data and tell the developers"));
    }

    // ---- leading

    @Override
    public void won(ClusterState state, long index, List<Answer.Progress> others) {
        view.learned(state, index);
        if (leader != null || leaving || failed) {
            return;
        }
        endRoles("this node was elected");
        becoming = true;
        int mine = ++transitions;
        LOG.info("Elected for epoch {}", state.epoch());
        var unused = remember(state)
                .thenCompose(durable -> new WalPull(context, durable, view, others).run())
                .whenComplete((done, failure) -> context.onLoop(() -> {
                    if (mine != transitions) {
                        return;
                    }
                    becoming = false;
                    if (failure != null) {
                        diskFailed(failure);
                    } else {
                        beginLeading(state, index);
                    }
                }));
    }

    private void beginLeading(ClusterState state, long index) {
        String session = state.leader().map(ClusterState.Leader::session).orElse("");
        if (!sessions.session().equals(Optional.of(session))) {
            reconsider();
            return;
        }
        LeaderRole begun = new LeaderRole(
                context, identity.identity().self(), session, state, index, view, this);
        leader = begun;
        barrier = new ReadBarrier(context, begun);
        TopicCommands accepted = new TopicCommands(context, begun, catalog, view::size);
        commands = accepted;
        begun.start(context.store().topics());
        new CutOff(context, sessions, begun.leadership(), this::namesItself).watch();
        namesItself(true);
        appends.leads(begun.leadership());
        become(ClusterStatus.Role.LEADER);
        if (state.epoch() == 1) {
            adoptTopics(accepted);
        }
        accepted.caughtUp(catalog.applied());
    }

    private void namesItself(boolean leads) {
        forwarder.leaderIs(
                leads
                        ? new ClusterException.Leader(
                                identity.identity().self().nodeId(),
                                context.config().address())
                        : null);
    }

    /** A standalone node's topics become the cluster's. */
    private void adoptTopics(TopicCommands accepted) {
        for (TopicLog log : context.store().topics()) {
            if (!ClusterNode.isInternal(log)) {
                var unused = accepted.adopt(log).whenComplete((id, failure) -> {
                    if (failure != null) {
                        alarm("topic " + log.name() + " was not taken into the cluster: "
                                + failure.getMessage());
                    }
                });
            }
        }
    }

    @Override
    public void deposed(int epoch, String why) {
        if (leader != null) {
            stepDown(why);
            if (epoch > identity.identity().epoch()) {
                note(before -> before.atEpoch(epoch));
            }
        }
    }

    /** Not the leader any more: pending appends end with UNKNOWN (R5). */
    void stepDown(String why) {
        LOG.warn("Stepping down: {}", why);
        endRoles(why);
        transitions++;
        become(ClusterStatus.Role.LOOKING);
        elector.rest(REST_AFTER_LOSS);
        context.onLoop(this::reconsider);
    }

    /** Somebody whose disk works is to lead. The session goes, so that the lock is free soon. */
    @Override
    public void diskStalled() {
        alarm("this node's disk does not finish its writes: it gave up the lead");
        stepDown("the disk stalls");
        elector.rest(REST_AFTER_STALL);
        sessions.replace();
    }

    @Override
    public void stateChanged(ClusterState state, long index) {
        view.learned(state, index);
        note(before -> before.seen(state.epoch(), state.version()));
    }

    /** To be kept; nothing waits for it. */
    private void note(UnaryOperator<Identity> change) {
        var unused = identity.update(change).whenComplete((done, failure) -> {
            if (failure != null) {
                diskFailed(failure);
            }
        });
    }

    private void endRoles(String why) {
        becoming = false;
        FollowerRole following = follower;
        follower = null;
        if (following != null) {
            following.end();
        }
        LeaderRole leading = leader;
        appends.leads(null);
        leader = null;
        if (leading != null) {
            leading.end(why);
        }
        if (commands != null) {
            commands.end(why);
            commands = null;
        }
        if (barrier != null) {
            barrier.end();
            barrier = null;
        }
        forwarder.leaderIs(null);
    }

    private void become(ClusterStatus.Role now) {
        if (role != now) {
            role = now;
            LOG.info("{} in epoch {}", now, identity.identity().epoch());
            observers.forEach(observer -> observer.accept(now));
        }
    }

    // ---- topics

    @Override
    public void committed(TopicLog log) {
        if (log == catalog.log()) {
            catalog.wake();
        }
    }

    @Override
    public void topicCreated(TopicLog log) {
        LeaderRole leading = leader;
        if (leading != null) {
            leading.lead(log);
        } else if (follower != null) {
            follower.follow(log);
        } else {
            log.follow();
        }
    }

    @Override
    public void topicAltered(TopicLog log) {
        LeaderRole leading = leader;
        if (leading != null) {
            leading.configured(log);
            return;
        }
        LogEvents.setMode(log, 0);
        if (follower != null) {
            follower.configured(log);
        }
    }

    @Override
    public void topicDeleted(UUID id) {
        LeaderRole leading = leader;
        if (leading != null) {
            leading.dropped(id);
        } else if (follower != null) {
            follower.dropped(id);
        }
    }

    @Override
    public void caughtUp(long applied) {
        if (commands != null) {
            commands.caughtUp(applied);
        }
        List<Runnable> waiters = new ArrayList<>(catalogWaiters);
        catalogWaiters.clear();
        waiters.forEach(Runnable::run);
    }

    /** Runs at once, and again whenever more of the metadata log is carried out, until the condition is true. */
    void whenCatalog(BooleanSupplier done) {
        if (!done.getAsBoolean()) {
            catalogWaiters.add(() -> whenCatalog(done));
        }
    }

    @Override
    public void catalogFailed(Throwable cause) {
        diskFailed(cause);
    }

    private CompletableFuture<Long> proveLead(TopicLog log) {
        CompletableFuture<Long> proved = new CompletableFuture<>();
        context.onLoop(() -> {
            ReadBarrier current = barrier;
            if (current == null) {
                proved.completeExceptionally(forwarder.notLeader());
            } else {
                NodeContext.forward(current.await(log), proved);
            }
        });
        return proved;
    }

    private CompletableFuture<TopicLog> makeTopic(String name) {
        CompletableFuture<TopicLog> made = new CompletableFuture<>();
        context.onLoop(() -> {
            TopicCommands accepting = commands;
            Optional<TopicLog> there = context.store().findTopic(name);
            LeaderRole leading = leader;
            if (leading == null || accepting == null) {
                made.completeExceptionally(forwarder.notLeader());
            } else if (there.isPresent() && leading.leadership().topic(there.get()) != null) {
                made.complete(there.get());
            } else {
                var unused = accepting
                        .create(name, context.store().config().defaults())
                        .whenComplete((id, failure) -> {
                            Throwable cause = NodeContext.causeOf(failure);
                            if (cause == null || cause instanceof StorageException.TopicExists) {
                                made.complete(context.store().topic(name));
                            } else {
                                made.completeExceptionally(cause);
                            }
                        });
            }
        });
        return made;
    }

    // ---- trouble

    @Override
    public void unfit(String why) {
        fatal.accept(new ClusterStartException(why));
    }

    @Override
    public void alarm(String text) {
        if (alarms.add(text)) {
            LOG.error("{}", text);
        }
    }

    /** Any thread. */
    void storeFailed(StorageException cause) {
        context.onLoop(() -> diskFailed(cause));
    }

    /** What was acknowledged may not be on the disk: the node ends, and begins again as another one (R36). */
    private void diskFailed(@Nullable Throwable cause) {
        endRoles("the disk failed");
        transitions++;
        failed = true;
        var unused = identity.update(before -> before.withIncarnation(context.newId()))
                .whenComplete((done, failure) -> fatal.accept(
                        cause == null ? new IllegalStateException("the disk failed") : cause));
    }

    // ---- for the rest of the node

    NodeContext context() {
        return context;
    }

    Identity identity() {
        return identity.identity();
    }

    SessionKeeper sessions() {
        return sessions;
    }

    ClusterView view() {
        return view;
    }

    Registry registry() {
        return registry;
    }

    Elector elector() {
        return elector;
    }

    Appends appends() {
        return appends;
    }

    Forwarder forwarder() {
        return forwarder;
    }

    /** Any thread. */
    ClusterStatus.Role role() {
        return role;
    }

    @Nullable
    LeaderRole leading() {
        return leader;
    }

    @Nullable
    TopicCommands commands() {
        return commands;
    }

    @Nullable
    ReadBarrier barrier() {
        return barrier;
    }

    @Nullable
    FollowerRole following() {
        return follower;
    }

    Set<String> alarms() {
        return alarms;
    }

    void observe(Consumer<ClusterStatus.Role> observer) {
        observers.add(observer);
        observer.accept(role);
    }

    /**
     * From now on it does not stand for election. It still follows whoever leads next: until it is closed it counts as in
     * sync, and appends wait for what is in sync.
     */
    void leaving() {
        leaving = true;
    }

    /** Ends everything at once. */
    void halt(String why) {
        endRoles(why);
        transitions++;
        sessions.close();
        become(ClusterStatus.Role.STOPPED);
        context.stop();
    }

    /**
     * The lead was given up in good order: the heir takes it, this node waits. If it is about to stop, its session ends
     * now: as an in-sync replica that follows nobody it would hold up every commit until then.
     */
    void gaveUp(LeaderRole leading) {
        if (leader == leading) {
            endRoles("the lead was handed over");
            transitions++;
            if (leaving) {
                sessions.close();
            }
            become(ClusterStatus.Role.LOOKING);
            elector.rest(REST_AFTER_HANDOVER);
            context.onLoop(this::reconsider);
        }
    }

    /** An operator made this node's data the cluster's: it stands for election. */
    void recovered() {
        alarms.clear();
        endRoles("an operator recovers the cluster");
        transitions++;
        become(ClusterStatus.Role.LOOKING);
        elector.consider();
    }
}
