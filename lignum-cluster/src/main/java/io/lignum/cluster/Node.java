package io.lignum.cluster;

import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.peer.Answer;
import io.lignum.cluster.peer.Member;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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
                StateLearner.Listener,
                DamagedTopics.Listener,
                Accession.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private static final Duration REST_AFTER_LOSS = Duration.ofSeconds(1);
    private static final Duration REST_AFTER_STALL = Duration.ofSeconds(30);
    private static final Duration REST_AFTER_HANDOVER = Duration.ofSeconds(2);
    private static final Duration YIELD_PATIENCE = Duration.ofSeconds(2);

    private final NodeContext context;
    private final IdentityKeeper identity;
    private final SessionKeeper sessions;
    private final ClusterView view;
    private final Registry registry;
    private final Quarantine quarantine;
    private final Elector elector;
    private final CatalogEvents catalogEvents;
    private final TopicCatalog catalog;
    private final DamagedTopics damage;
    private final Forwarder forwarder;
    private final Appends appends;
    private final Consumer<Throwable> fatal;
    private final OwnCluster cluster;
    private final StateLearner learner;
    private final Alarms alarms = new Alarms();
    private final Handovers handovers;
    private final Roles roles;
    private boolean yielding;
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
        cluster = new OwnCluster(identity, files.mayJoin(), this::unfit);
        learner = new StateLearner(context, identity, view, cluster, alarms, this);
        quarantine = new Quarantine(context.store());
        elector =
                new Elector(context, identity, sessions, view, quarantine, files.mayFound(), this);
        roles = new Roles(identity, this::noRole);
        catalogEvents = new CatalogEvents(roles, alarms, this::catalogFailed);
        catalog = new TopicCatalog(context, files.metadata(), catalogEvents);
        damage = new DamagedTopics(context, quarantine, identity, catalog, alarms, this);
        forwarder = new Forwarder(context, identity);
        handovers = new Handovers(this);
        LeadRequests requests = new LeadRequests(context, roles, forwarder);
        appends = new Appends(
                context,
                sessions,
                quarantine,
                forwarder,
                new TopicCreator(requests),
                requests::proveLead,
                self);
    }

    void start() {
        context.store().addListener(new LogEvents(this));
        catalog.wake();
        learner.learn();
        registry.register();
        sessions.start();
        view.start();
    }

    // ---- what the coordinator tells

    @Override
    public void stateKnown() {
        reconsider();
    }

    @Override
    public void sessionOpened(String session) {
        if (learner.isKnown()) {
            elector.consider();
        }
    }

    @Override
    public void sessionLost(String session) {
        if (roles.leading() != null) {
            stepDown("the session with the coordinator is lost");
        }
    }

    @Override
    public boolean leads() {
        return roles.leading() != null;
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
        LeaderRole leading = roles.leading();
        if (leading != null) {
            checkLead(leading);
            return;
        }
        if (roles.isAcceding() || damage.isRenewing() || failed || !learner.isKnown()) {
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
        } else if (!holder.equals(sessions.session())) {
            leading.checkLock(); // A watch may tell what was once; that is no proof (R5).
        }
    }

    // ---- following

    private void follow(ClusterState state, ClusterState.Leader named) {
        Identity now = identity.identity();
        FollowerRole current = roles.following();
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
        if (!cluster.isOwn(state)) {
            return;
        }
        if (!quarantine.damaged().isEmpty()) {
            fetchAnew(state, named.member().nodeId());
            return;
        }
        roles.end("node " + named.member().nodeId() + " leads");
        int mine = roles.changes();
        var unused = identity.remember(state).whenComplete((after, failure) -> {
            if (after == null) {
                diskFailed(failure);
            } else if (mine == roles.changes()) {
                beginFollowing(state, after, record);
            }
        });
    }

    private void fetchAnew(ClusterState state, String leaderId) {
        roles.end("damaged topics are fetched anew");
        roles.become(ClusterStatus.Role.LOOKING);
        damage.fetchAnew(state, leaderId);
    }

    @Override
    public void renewed() {
        registry.register();
        reconsider();
    }

    /** Reading a log met damage, whoever read it. Any thread. */
    void logDamaged(TopicLog log, StorageException cause) {
        context.onLoop(() -> {
            LeaderRole leading = roles.leading();
            if (quarantine.damageOf(log) != null) {
                return;
            }
            if (leading != null) {
                leading.damaged(log, cause);
                return;
            }
            damage.found(log, cause);
            if (roles.following() != null) {
                roles.end("topic " + log.name() + " is damaged");
                roles.become(ClusterStatus.Role.LOOKING);
                reconsider(); // It is fetched anew.
            }
        });
    }

    @Override
    public void damaged(TopicLog log, StorageException cause) {
        damage.found(log, cause);
    }

    /**
     * Another one leads, whoever of the in-sync replicas; then this node fetches what is damaged here. It gets what wal
     * topics have more here, if that can be shipped. While the coordinator does not answer nobody could be elected.
     */
    @Override
    public void canYield() {
        LeaderRole leading = roles.leading();
        boolean mayElect = context.nowNanos() - sessions.believesUntil() < 0;
        if (leading == null || yielding || !mayElect) {
            return;
        }
        yielding = true;
        context.onLoop(handovers.begin(Optional.empty(), YIELD_PATIENCE), (done, failure) -> {
            yielding = false;
            if (roles.leading() != leading) {
                return;
            }
            if (leading.isFollowedInSync()) {
                stepDown("a topic is damaged on this node, and another in-sync replica can lead");
                elector.rest(REST_AFTER_STALL);
                sessions.replace(); // The lock is free soon.
            } else {
                quarantine.damaged().forEach(log -> leading.withhold(log.id()));
            }
        });
    }

    private void beginFollowing(ClusterState state, Identity durable, NodeRecord of) {
        if (!quarantine.damaged().isEmpty()) {
            fetchAnew(state, of.member().nodeId()); // The damage was found meanwhile.
            return;
        }
        boolean unclean = state.uncleanEpoch().isPresent()
                && state.uncleanEpoch().getAsInt() <= state.epoch();
        FollowerRole begun = new FollowerRole(
                context, durable, of.member(), of.address(), unclean, catalog, this);
        roles.follow(begun);
        leaderLeads(true);
        begun.start(context.store().topics());
        roles.become(ClusterStatus.Role.FOLLOWER);
    }

    /** A node that says that it does not lead is nobody to send writes to, and no leader to show. */
    @Override
    public void leaderLeads(boolean leads) {
        FollowerRole following = roles.following();
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
        roles.end("a peer is at epoch " + epoch);
        note(before -> before.atEpoch(epoch));
        roles.become(ClusterStatus.Role.LOOKING);
    }

    @Override
    public void dataLost(String why) {
        LOG.error("This node lost data that it had acknowledged: {}", why);
        renewIncarnation();
    }

    /** The node cannot vouch for what it acknowledged: it becomes another one, which has acknowledged nothing (R1). */
    private void renewIncarnation() {
        roles.end("this node takes a new incarnation");
        learner.forget();
        int mine = roles.changes();
        var unused = identity.update(before -> before.withIncarnation(context.newId()))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        diskFailed(failure);
                    } else if (mine == roles.changes()) {
                        registry.register();
                        roles.become(ClusterStatus.Role.LOOKING);
                        learner.learn();
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
        if (leaving && roles.leading() == null) {
            sessions.replace(); // It stood before: nobody would lead until this node is gone.
        }
        if (roles.leading() != null || leaving || failed) {
            return;
        }
        if (state.epoch() <= identity.identity().epoch()) {
            // A peer told of a higher epoch meanwhile: the coordinator is behind, this lead is
            // void.
            LOG.warn("Elected for epoch {}, but a higher one was seen", state.epoch());
            sessions.replace();
            return;
        }
        roles.end("this node was elected");
        LOG.info("Elected for epoch {}", state.epoch());
        Accession begun = new Accession(context, identity, view, catalog, this);
        roles.accede(begun);
        begun.start(state, index, others);
    }

    @Override
    public void acceded(ClusterState state, long index, Set<UUID> becomingLive) {
        roles.acceded();
        String session = state.leader().map(ClusterState.Leader::session).orElse("");
        if (!sessions.session().equals(Optional.of(session))) {
            reconsider();
            return;
        }
        if (!names(state, identity.identity().self())) {
            LOG.warn(
                    "Elected for epoch {}, but became another incarnation meanwhile",
                    state.epoch());
            sessions.replace();
            return;
        }
        if (state.isr().size() > 1 && !quarantine.damaged().isEmpty()) {
            LOG.warn(
                    "Elected for epoch {}, but damage was found meanwhile, and other in-sync"
                            + " replicas may have those topics whole",
                    state.epoch());
            sessions.replace();
            return;
        }
        LeaderRole leading = new LeaderRole(
                context,
                identity.identity().self(),
                session,
                state,
                index,
                becomingLive,
                view,
                this);
        Lead begun = new Lead(context, leading, catalog, view::size, alarms);
        roles.lead(begun);
        damage.withhold(leading);
        leading.start(quarantine.whole());
        new CutOff(context, sessions, leading.leadership(), this::namesItself).watch();
        namesItself(true);
        appends.leads(leading.leadership());
        roles.become(ClusterStatus.Role.LEADER);
        begun.takeTopics(catalogEvents);
        checkLead(leading); // What was seen meanwhile was not looked at.
    }

    private static boolean names(ClusterState state, Member self) {
        return state.leader().filter(leader -> leader.member().equals(self)).isPresent();
    }

    private void namesItself(boolean leads) {
        forwarder.leaderIs(
                leads
                        ? new ClusterException.Leader(
                                identity.identity().self().nodeId(),
                                context.config().address())
                        : null);
    }

    @Override
    public void deposed(int epoch, String why) {
        if (roles.leading() != null) {
            stepDown(why);
            if (epoch > identity.identity().epoch()) {
                note(before -> before.atEpoch(epoch));
            }
        }
    }

    /** Not the leader any more: pending appends end with UNKNOWN (R5). */
    void stepDown(String why) {
        LOG.warn("Stepping down: {}", why);
        roles.end(why);
        roles.become(ClusterStatus.Role.LOOKING);
        elector.rest(REST_AFTER_LOSS);
        context.onLoop(this::reconsider);
    }

    /**
     * Whether the lead is given up cannot be told: this node does not lead on, and its session goes, and with it the
     * lock, if it still holds it.
     */
    void abandon(LeaderRole leading, String why) {
        if (roles.leading() == leading) {
            stepDown(why);
            sessions.replace();
        }
    }

    /** Somebody whose disk works is to lead. The session goes, so that the lock is free soon. */
    @Override
    public void diskStalled() {
        alarms.add("this node's disk does not finish its writes: it gave up the lead");
        stepDown("the disk stalls"); // Or it was elected and did not get as far as to lead.
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

    private void noRole() {
        appends.leads(null);
        forwarder.leaderIs(null);
    }

    // ---- topics

    @Override
    public void committed(TopicLog log) {
        if (log == catalog.log()) {
            catalog.wake();
        }
    }

    private void catalogFailed(@Nullable Throwable cause) {
        if (cause instanceof StorageException.TooManyTopics) {
            unfit("the cluster's topics do not fit beside what this node's directory holds: "
                    + cause.getMessage()); // Its disk is as good as before.
        } else if (!(cause instanceof StorageException.CorruptLog)) { // The engine tells of that.
            diskFailed(cause);
        }
    }

    // ---- trouble

    @Override
    public void unfit(String why) {
        fatal.accept(new ClusterStartException(why));
    }

    @Override
    public void alarm(String text) {
        alarms.add(text);
    }

    /** Any thread. */
    void storeFailed(StorageException cause) {
        context.onLoop(() -> diskFailed(cause));
    }

    /** What was acknowledged may not be on the disk: the node ends, and begins again as another one (R36). */
    @Override
    public void diskFailed(@Nullable Throwable cause) {
        roles.end("the disk failed");
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

    Appends appends() {
        return appends;
    }

    Forwarder forwarder() {
        return forwarder;
    }

    Handovers handovers() {
        return handovers;
    }

    CatalogEvents catalogEvents() {
        return catalogEvents;
    }

    Roles roles() {
        return roles;
    }

    Set<String> alarms() {
        return alarms.texts();
    }

    /**
     * From now on it does not stand for election. It still follows whoever leads next: until it is closed it counts as in
     * sync, and appends wait for what is in sync.
     */
    void leaving() {
        leaving = true;
    }

    /** Ends everything at once; completes, on any thread, when the coordinator knows of it or does not answer. */
    CompletableFuture<Void> halt(String why) {
        roles.end(why);
        CompletableFuture<Void> left = sessions.close();
        roles.become(ClusterStatus.Role.STOPPED);
        context.stop();
        return left;
    }

    /**
     * The lead was given up in good order: the heir takes it, this node waits. If it is about to stop, its session ends
     * now: as an in-sync replica that follows nobody it would hold up every commit until then.
     */
    void gaveUp(LeaderRole leading) {
        if (roles.leading() == leading) {
            roles.end("the lead was handed over");
            if (leaving) {
                var unused = sessions.close();
            }
            roles.become(ClusterStatus.Role.LOOKING);
            elector.rest(REST_AFTER_HANDOVER);
            context.onLoop(this::reconsider);
        }
    }

    /** An operator made this node's data the cluster's: it stands for election. */
    void recovered() {
        alarms.clear();
        roles.end("an operator recovers the cluster");
        roles.become(ClusterStatus.Role.LOOKING);
        elector.consider();
    }
}
