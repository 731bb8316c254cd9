package io.lignum.cluster.node;

import io.lignum.cluster.ClusterConfig;
import io.lignum.cluster.ClusterStartException;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.internal.election.Elector;
import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.state.Alarms;
import io.lignum.cluster.internal.state.ClusterIdCheck;
import io.lignum.cluster.internal.state.ClusterKnowledge;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.ClusterView;
import io.lignum.cluster.internal.state.DamagedTopics;
import io.lignum.cluster.internal.state.MembersKeeper;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeIdentityKeeper;
import io.lignum.cluster.internal.state.Registry;
import io.lignum.cluster.internal.state.SessionKeeper;
import io.lignum.cluster.internal.state.StateLoader;
import io.lignum.cluster.internal.state.StoredState;
import io.lignum.cluster.internal.topics.LeaderForwarder;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.cluster.peer.PeerService;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Decides which role this node has, and builds the parts of the node. Re-evaluates the role after
 * each event from the coordinator, the disk or an operator: it follows the leader that the
 * coordinator names, and stands for election if it names no leader. {@link FollowerTransition},
 * {@link Elector} and {@link LeaderTransition} do the work.
 *
 * <p>A failed disk, or data that does not belong to this cluster, ends the node with a reason.
 *
 * <p>The node loop only, except where stated.
 */
public final class Node
        implements SessionKeeper.Listener,
                Elector.Listener,
                StateLoader.Listener,
                DamageHandler.Listener,
                NodeControl {

    private final NodeContext context;
    private final Consumer<Throwable> fatal;
    private final Alarms alarms = new Alarms();
    private final ClusterKnowledge known;
    private final Elector elector;
    private final RoleHolder roles;
    private final NodeTopics topics;
    private final LeaderForwarder forwarder;
    private final LeaderRequests requests;
    private final Appends appends;
    private final KnownLeader knownLeader;
    private final FollowerTransition followerTransition;
    private final LeaderTransition leaderTransition;
    private final StatusPublisher status;
    private final OperatorCommands operator;
    private boolean leaving;
    private boolean failed;

    /**
     * Starts nothing yet.
     *
     * @param fatal called once with the reason why the node cannot go on; any thread
     */
    Node(NodeContext context, NodeFiles files, Consumer<Throwable> fatal) {
        this.context = context;
        this.fatal = fatal;
        NodeIdentityKeeper identity =
                new NodeIdentityKeeper(context, files.file(), files.identity());
        known = knowledge(files, identity);
        roles = new RoleHolder(identity, this::noRole);
        topics = topics(files);
        elector = new Elector(context, known, damagedTopics(), files.mayFound(), this);
        forwarder = new LeaderForwarder(context, identity);
        requests = new LeaderRequests(context, roles, topics.catalog(), forwarder);
        appends = new Appends(context, known, damagedTopics(), forwarder, requests);
        knownLeader = new KnownLeader(appends, forwarder);
        followerTransition = new FollowerTransition(context, known, roles, topics, this);
        leaderTransition = new LeaderTransition(context, known, roles, topics, this);
        status = new StatusPublisher(context, known, roles, alarms);
        operator = new OperatorCommands(context, known, roles, leaderTransition, status);
    }

    private static Registration registration(NodeFiles files, ClusterConfig config) {
        return new Registration(
                files.identity().self().nodeId(),
                config.serviceName(),
                config.address().host(),
                config.address().internalPort());
    }

    private ClusterKnowledge knowledge(NodeFiles files, NodeIdentityKeeper identity) {
        SessionKeeper sessions =
                new SessionKeeper(context, registration(files, context.config()), this);
        ClusterView view = new ClusterView(context, this::reconsider, sessions::answered);
        MembersKeeper members =
                new MembersKeeper(context, identity, view, files.members(), this::diskFailed);
        Registry registry = new Registry(context, identity, view, members);
        ClusterIdCheck cluster = new ClusterIdCheck(identity, files.mayJoin(), this::unfit);
        StateLoader loader = new StateLoader(context, identity, view, cluster, this);
        return new ClusterKnowledge(identity, view, registry, members, sessions, loader);
    }

    private NodeTopics topics(NodeFiles files) {
        CatalogEvents events = new CatalogEvents(roles, alarms, this::catalogFailed);
        TopicCatalog catalog = new TopicCatalog(context, files.metadata(), events);
        DamageHandler damage = new DamageHandler(context, known.keeper(), catalog, roles, this);
        return new NodeTopics(catalog, events, damage);
    }

    private DamagedTopics damagedTopics() {
        return topics.damage().damagedTopics();
    }

    void start() {
        context.store()
                .addListener(new LogEvents(roles, topics.damage()::suspect, this::storeFailed));
        topics.catalog().wake();
        known.loader().load();
        known.registry().register();
        known.sessions().start();
        known.view().start();
    }

    // ---- events from the coordinator

    @Override
    public void stateKnown() {
        reconsider();
    }

    @Override
    public void sessionOpened(String session) {
        if (known.loader().isKnown()) {
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
    public void stateRead(StoredState state) {
        known.view().update(state);
        reconsider();
    }

    /**
     * Called after any change: ends the leadership on proof that it is lost, follows the leader
     * that the coordinator names, or stands for election.
     */
    @Override
    public void reconsider() {
        known.registry().keep();
        known.members().update();
        LeaderRole leading = roles.leading();
        if (leading != null) {
            leaderTransition.checkLead(leading);
            return;
        }
        if (roles.isPreparing()
                || topics.damage().isRenewing()
                || failed
                || !known.loader().isKnown()) {
            return;
        }
        Optional<ClusterState> state = known.view().state();
        if (state.isPresent() && state.get().leader().isPresent()) {
            ClusterState.Leader named = state.get().leader().get();
            boolean holds = known.view().lockHolder().equals(Optional.of(named.session()));
            if (holds && !named.member().equals(known.identity().self())) {
                followerTransition.follow(state.get(), named);
                return;
            }
        }
        if (!leaving) {
            elector.consider();
        }
    }

    @Override
    public void won(StoredState elected, List<PeerResponse.Progress> others) {
        known.view().update(elected);
        if (roles.leading() != null) {
            return;
        }
        if (leaving) {
            // It stood for election before it began to leave. No node could lead until its session
            // ends.
            known.sessions().replace();
        } else if (!failed) {
            leaderTransition.elected(elected, others);
        }
    }

    // ---- events from the disk

    @Override
    public void renewed() {
        known.registry().register();
        reconsider();
    }

    /**
     * Ends the role of a follower. The next one starts when the topic has been replaced by an empty
     * one.
     */
    @Override
    public void copyDamaged(TopicLog log) {
        if (roles.following() != null) {
            roles.end("topic " + log.name() + " is damaged");
            roles.become(ClusterStatus.Role.LOOKING);
            reconsider();
        }
    }

    private void catalogFailed(@Nullable Throwable cause) {
        if (cause instanceof StorageException.TooManyTopics) {
            unfit("the cluster's topics and those in this node's directory are too many: "
                    + cause.getMessage()); // Its disk works.
        } else if (!(cause instanceof StorageException.CorruptLog)) { // LogEvents reports damage.
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
    private void storeFailed(StorageException cause) {
        context.onLoop(() -> diskFailed(cause));
    }

    /**
     * What this node acknowledged may not be on its disk. It ends, and starts again with a new
     * incarnation (R36).
     */
    @Override
    public void diskFailed(@Nullable Throwable cause) {
        roles.end("the disk failed");
        failed = true;
        context.whenDone(
                known.keeper().update(before -> before.withIncarnation(context.newId())),
                (done, failure) -> fatal.accept(
                        cause == null ? new IllegalStateException("the disk failed") : cause));
    }

    @Override
    public KnownLeader knownLeader() {
        return knownLeader;
    }

    @Override
    public void rest(Duration span) {
        elector.rest(span);
    }

    private void noRole() {
        knownLeader.none();
    }

    @Override
    public void note(UnaryOperator<NodeIdentity> change) {
        context.whenDone(known.keeper().update(change), (done, failure) -> {
            if (failure != null) {
                diskFailed(failure);
            }
        });
    }

    // ---- for ClusterNode

    /** This node's id. Any thread. */
    String nodeId() {
        return known.nodeId();
    }

    Appends appends() {
        return appends;
    }

    LeaderForwarder forwarder() {
        return forwarder;
    }

    LeaderRequests requests() {
        return requests;
    }

    OperatorCommands operator() {
        return operator;
    }

    StatusPublisher status() {
        return status;
    }

    RoleHolder roles() {
        return roles;
    }

    CatalogEvents catalogEvents() {
        return topics.events();
    }

    /** Translates the errors of this node's readers. */
    ReadErrors readErrors() {
        return new ReadErrors(roles, context.store(), damagedTopics());
    }

    /** Answers this node's peers. */
    PeerService peerService() {
        PeerLogRequests logs = new PeerLogRequests(context, known, roles, leaderTransition);
        return new PeerRequestHandler(context, logs, appends, operator);
    }

    /** As {@link ClusterNode#recover}. */
    CompletableFuture<Void> recover(boolean unclean) {
        return new ClusterRecovery(context, known, roles, unclean, this::recovered).start();
    }

    /** As {@link ClusterNode#leave}. */
    CompletableFuture<Void> leave(Duration patience) {
        CompletableFuture<Void> handed = roles.leading() == null
                ? CompletableFuture.completedFuture(null)
                : leaderTransition.transfers().begin(Optional.empty(), patience);
        leaving = true;
        return handed.exceptionally(alone -> null);
    }

    @Override
    public boolean isLeaving() {
        return leaving;
    }

    /**
     * Ends the role and stops the loop. Completes, on any thread, when the coordinator has ended
     * the session or does not answer.
     */
    CompletableFuture<Void> halt(String why) {
        roles.end(why);
        CompletableFuture<Void> left = known.sessions().close();
        roles.become(ClusterStatus.Role.STOPPED);
        context.stop();
        return left;
    }

    /**
     * The loop has failed: appends that wait for a commit end with UNKNOWN. The session ends by its
     * checks.
     */
    void abandon(String why) {
        noRole();
        LeaderRole leading = roles.leading();
        if (leading != null) {
            leading.abandon(why);
        }
    }

    /** An operator made this node's data the cluster's data: it stands for election. */
    private void recovered() {
        alarms.clear();
        roles.end("an operator recovers the cluster");
        roles.become(ClusterStatus.Role.LOOKING);
        elector.consider();
    }
}
