package io.lignum.cluster.node;

import io.lignum.cluster.ClusterConfig;
import io.lignum.cluster.ClusterStartException;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.internal.election.Elector;
import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.state.Alarms;
import io.lignum.cluster.internal.state.ClusterIdCheck;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.ClusterView;
import io.lignum.cluster.internal.state.DamageCheck;
import io.lignum.cluster.internal.state.DamagedTopics;
import io.lignum.cluster.internal.state.MembersFile;
import io.lignum.cluster.internal.state.MembersKeeper;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeIdentityKeeper;
import io.lignum.cluster.internal.state.Registry;
import io.lignum.cluster.internal.state.SessionKeeper;
import io.lignum.cluster.internal.state.StateLoader;
import io.lignum.cluster.internal.topics.LeaderForwarder;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.cluster.internal.topics.TopicCreator;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The node's life: whatever it learns, from the coordinator, its disk or an operator, it looks
 * whether it should be something else than it is. How it comes to follow is in
 * {@link FollowerTransition}, how to stand for election in {@link Elector}, how to lead in
 * {@link LeaderTransition}.
 *
 * <p>The node's loop only, where nothing else is said.
 */
public final class Node
        implements SessionKeeper.Listener,
                Elector.Listener,
                StateLoader.Listener,
                DamageHandler.Listener {

    private final NodeContext context;
    private final NodeIdentityKeeper identity;
    private final SessionKeeper sessions;
    private final ClusterView view;
    private final Registry registry;
    private final MembersKeeper members;
    private final DamagedTopics damagedTopics;
    private final ReadErrors readErrors;
    private final Elector elector;
    private final CatalogEvents catalogEvents;
    private final TopicCatalog catalog;
    private final DamageHandler damage;
    private final DamageCheck damageCheck;
    private final LeaderForwarder forwarder;
    private final Appends appends;
    private final Consumer<Throwable> fatal;
    private final StateLoader learner;
    private final Alarms alarms = new Alarms();
    private final LeaderTransfers transfers;
    private final RoleHolder roles;
    private final FollowerTransition followerTransition;
    private final LeaderTransition leaderTransition;
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
        identity = new NodeIdentityKeeper(context, files.file(), files.identity());
        String self = files.identity().self().nodeId();
        ClusterConfig config = context.config();
        Registration registration = new Registration(
                self,
                config.serviceName(),
                config.address().host(),
                config.address().internalPort());
        sessions = new SessionKeeper(context, registration, this);
        view = new ClusterView(context, this::reconsider, sessions::answered);
        MembersFile membersFile = new MembersFile(context.disk(), config.directory());
        members = new MembersKeeper(
                context, identity, view, membersFile, files.members(), this::diskFailed);
        registry = new Registry(context, identity, view, members);
        ClusterIdCheck cluster = new ClusterIdCheck(identity, files.mayJoin(), this::unfit);
        learner = new StateLoader(context, identity, view, cluster, alarms, this);
        damagedTopics = new DamagedTopics(context.store());
        elector = new Elector(
                context, identity, sessions, view, damagedTopics, files.mayFound(), this);
        roles = new RoleHolder(identity, this::noRole);
        readErrors = new ReadErrors(roles, context.store(), damagedTopics);
        catalogEvents = new CatalogEvents(roles, alarms, this::catalogFailed);
        catalog = new TopicCatalog(context, files.metadata(), catalogEvents);
        damage = new DamageHandler(context, damagedTopics, identity, catalog, alarms, this);
        damageCheck = new DamageCheck(context, this::damageConfirmed);
        forwarder = new LeaderForwarder(context, identity);
        transfers = new LeaderTransfers(this);
        LeaderRequests requests = new LeaderRequests(context, roles, catalog, forwarder);
        appends = new Appends(
                context,
                sessions,
                damagedTopics,
                forwarder,
                new TopicCreator(context, requests),
                requests::proveLead,
                self);
        followerTransition = new FollowerTransition(this, identity, cluster, learner, damage);
        leaderTransition = new LeaderTransition(this, identity, elector, damage, alarms);
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
            leaderTransition.stepDown("the session with the coordinator is lost");
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
    void reconsider() {
        registry.keep();
        members.update();
        LeaderRole leading = roles.leading();
        if (leading != null) {
            leaderTransition.checkLead(leading);
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
                followerTransition.follow(state.get(), named);
                return;
            }
        }
        if (!leaving) {
            elector.consider();
        }
    }

    @Override
    public void won(ClusterState state, long index, List<PeerResponse.Progress> others) {
        view.learned(state, index);
        if (roles.leading() != null) {
            return;
        }
        if (leaving) {
            sessions.replace(); // It stood before: nobody would lead until this node is gone.
        } else if (!failed) {
            leaderTransition.accede(state, index, others);
        }
    }

    // ---- what its disk tells

    @Override
    public void renewed() {
        registry.register();
        reconsider();
    }

    /** Reading a log met damage, whoever read it. Any thread. */
    void logDamaged(TopicLog log, StorageException.CorruptLog cause) {
        context.onLoop(() -> {
            if (damagedTopics.damageOf(log) == null) {
                damageCheck.suspect(log, cause);
            }
        });
    }

    private void damageConfirmed(TopicLog log, StorageException cause) {
        LeaderRole leading = roles.leading();
        if (damagedTopics.damageOf(log) != null) {
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
            reconsider(); // It is fetched again.
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

    /**
     * What was acknowledged may not be on the disk: the node ends, and begins again as another one
     * (R36).
     */
    @Override
    public void diskFailed(@Nullable Throwable cause) {
        roles.end("the disk failed");
        failed = true;
        context.whenDone(
                identity.update(before -> before.withIncarnation(context.newId())),
                (done, failure) -> fatal.accept(
                        cause == null ? new IllegalStateException("the disk failed") : cause));
    }

    private void noRole() {
        appends.leads(null);
        forwarder.leaderIs(null);
    }

    /** To be kept of this node; nothing waits for it. */
    void note(UnaryOperator<NodeIdentity> change) {
        context.whenDone(identity.update(change), (done, failure) -> {
            if (failure != null) {
                diskFailed(failure);
            }
        });
    }

    // ---- for the rest of the node

    NodeContext context() {
        return context;
    }

    NodeIdentity identity() {
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

    MembersKeeper members() {
        return members;
    }

    Appends appends() {
        return appends;
    }

    LeaderForwarder forwarder() {
        return forwarder;
    }

    TopicCatalog catalog() {
        return catalog;
    }

    LeaderTransition leaderTransition() {
        return leaderTransition;
    }

    LeaderTransfers transfers() {
        return transfers;
    }

    CatalogEvents catalogEvents() {
        return catalogEvents;
    }

    ReadErrors readErrors() {
        return readErrors;
    }

    RoleHolder roles() {
        return roles;
    }

    Set<String> alarms() {
        return alarms.texts();
    }

    /**
     * From now on it does not stand for election. It still follows whoever leads next: until it is
     * closed it counts as in sync, and appends wait for what is in sync.
     */
    void leaving() {
        leaving = true;
    }

    boolean isLeaving() {
        return leaving;
    }

    /**
     * Ends everything at once; completes, on any thread, when the coordinator knows of it or does
     * not answer.
     */
    CompletableFuture<Void> halt(String why) {
        roles.end(why);
        CompletableFuture<Void> left = sessions.close();
        roles.become(ClusterStatus.Role.STOPPED);
        context.stop();
        return left;
    }

    /**
     * The loop failed: whoever waits for an append to be committed is told that it may be, or not.
     * The session is left to its checks.
     */
    void abandon(String why) {
        noRole();
        LeaderRole leading = roles.leading();
        if (leading != null) {
            leading.abandon(why);
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
