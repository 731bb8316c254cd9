package io.lignum.cluster.internal.election;

import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.internal.state.ClusterKnowledge;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.ClusterView;
import io.lignum.cluster.internal.state.CoordinatorKeys;
import io.lignum.cluster.internal.state.DamagedTopics;
import io.lignum.cluster.internal.state.LogLength;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeIdentityKeeper;
import io.lignum.cluster.internal.state.NodeRecord;
import io.lignum.cluster.internal.state.SessionKeeper;
import io.lignum.cluster.internal.state.StateJson;
import io.lignum.cluster.internal.state.StoredState;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.storage.TopicLog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Runs elections (R7, R8). {@link #consider} is called after each event while this node has no
 * leader; one election runs at a time.
 *
 * <p>A candidate reads the state consistently. It gives up, for this round, if its pair of id and
 * incarnation is not an in-sync replica, if the state is older than what this node has seen (the
 * coordinator lost data), if a topic is damaged here and other replicas exist, or while a named
 * successor may still take the lock (R6). Otherwise it asks the other nodes for their log ends, and
 * waits once, for a second, if an in-sync replica has longer logs: records of {@code wal} topics
 * and pending appends would be lost. Then one transaction takes the lock and writes epoch + 1.
 *
 * <p>Only an explicit success of the transaction counts. After any other answer a consistent read
 * of lock and state decides whether this node leads. If the lock is held by this node's session
 * without the epoch, the session is replaced. If there is no state, a node with an empty directory
 * founds the cluster (R2).
 *
 * <p>The node loop only. After each failed round the next one follows after a pause.
 */
public final class Elector {

    private static final Logger LOG = LoggerFactory.getLogger(Elector.class);

    private static final Duration ASK_TIMEOUT = Duration.ofMillis(300);
    private static final Duration YIELD = Duration.ofSeconds(1);
    private static final Duration WAIT_FOR_SUCCESSOR = Duration.ofSeconds(2);
    private static final Duration MIN_PAUSE = Duration.ofMillis(100);

    /** Notified on the node loop. */
    public interface Listener {
        /** This node is elected; it must make the epoch durable before it leads (R10). */
        void won(StoredState elected, List<PeerResponse.Progress> others);

        /** The pause is over: call {@link #consider} if this node still has no leader. */
        void reconsider();

        /** The state was read. */
        void stateRead(StoredState state);

        /** This node cannot be part of this cluster. */
        void unfit(String why);

        /** A problem that an operator must see. */
        void alarm(String text);
    }

    private final NodeContext context;
    private final NodeIdentityKeeper identity;
    private final SessionKeeper sessions;
    private final ClusterView view;
    private final DamagedTopics damagedTopics;
    private final boolean mayFound;
    private final Listener listener;
    private boolean busy;
    private boolean planned;
    private int yieldedAt = -1;
    private long yieldUntil;
    private long successorVersion = -1;
    private long successorUntil;
    private long restUntil;

    /** @param mayFound whether this node's directory may become the first of a new cluster (R2) */
    public Elector(
            NodeContext context,
            ClusterKnowledge known,
            DamagedTopics damagedTopics,
            boolean mayFound,
            Listener listener) {
        this.context = context;
        identity = known.keeper();
        sessions = known.sessions();
        view = known.view();
        this.damagedTopics = damagedTopics;
        this.mayFound = mayFound;
        this.listener = listener;
        restUntil = context.nowNanos();
    }

    /** Does not stand for election for a while, so that another node can win. */
    public void rest(Duration span) {
        restUntil = context.nowNanos() + span.toNanos();
    }

    /** Starts an election if no node seems to lead and none is running. */
    public void consider() {
        Optional<String> session = sessions.session();
        if (busy || session.isEmpty() || !view.isKnown()) {
            return;
        }
        long rest = restUntil - context.nowNanos();
        if (rest > 0) {
            reconsiderIn(Duration.ofNanos(rest));
            return;
        }
        Optional<String> holder = view.lockHolder();
        if (holder.isPresent() && !holder.equals(session)) {
            return;
        }
        busy = true;
        if (holder.isPresent()) {
            readBack(session.get(), List.of());
            return;
        }
        context.onLoop(context.coordinator().read(context.keys().state()), (entry, failure) -> {
            if (entry == null) {
                pause();
            } else if (entry.isEmpty()) {
                foundCluster(session.get());
            } else {
                evaluate(session.get(), entry.get());
            }
        });
    }

    private void pause() {
        busy = false;
        Duration pause = context.config().electionPause();
        reconsiderIn(pause.compareTo(MIN_PAUSE) < 0 ? MIN_PAUSE : pause);
    }

    private void reconsiderIn(Duration delay) {
        if (!planned) {
            planned = true;
            context.later(delay, () -> {
                planned = false;
                listener.reconsider(); // It may lead by now, elected in between.
            });
        }
    }

    // ---- a new cluster (R2)

    private void foundCluster(String session) {
        if (identity.identity().clusterId().isPresent()) {
            listener.alarm(
                    "the coordinator has lost the cluster's state: no node is elected until an"
                            + " operator runs `lignum cluster recover`");
            pause();
        } else if (!mayFound) {
            pause();
        } else {
            ClusterState founded = ClusterState.founded(
                    context.newId(),
                    new ClusterState.Leader(identity.identity().self(), session),
                    context.nonce());
            LOG.info("Founding cluster {}", founded.clusterId());
            take(session, 0, founded, List.of());
        }
    }

    // ---- an election (R7)

    private void evaluate(String session, Entry entry) {
        Optional<ClusterState> readable = readable(entry);
        if (readable.isEmpty()) {
            pause();
            return;
        }
        ClusterState state = readable.get();
        StoredState stored = new StoredState(state, entry.modifyIndex());
        NodeIdentity self = identity.identity();
        long now = context.nowNanos();
        if (self.clusterId().isPresent() && !self.clusterId().get().equals(state.clusterId())) {
            listener.unfit("this node is of cluster " + self.clusterId().get()
                    + ", the coordinator knows cluster " + state.clusterId());
        } else if (self.isOlder(state.epoch(), state.version())) {
            listener.alarm("the cluster's state is older (epoch " + state.epoch() + ", version "
                    + state.version() + ") than this node has seen: the coordinator was restored or"
                    + " lost data; an operator must run `lignum cluster recover`");
            pause();
        } else if (self.epoch() > state.epoch()) {
            checkLoss("this node", self.epoch());
        } else if (state.isr().size() > 1 && !damagedTopics.damaged().isEmpty()) {
            listener.alarm(
                    "topics " + names(damagedTopics.damaged()) + " are damaged on this node, and"
                            + " other replicas may have them intact: this node does not lead,"
                            + " and fetches them from the next leader");
            pause();
        } else if (!state.hasInSync(self.self())) {
            listener.stateRead(stored);
            pause();
        } else if (mustWaitForSuccessor(state, now)
                || (yieldUntil - now > 0 && yieldedAt == state.epoch())) {
            pause();
        } else if (state.transferTo().equals(Optional.of(self.self().nodeId()))) {
            stand(session, stored, List.of());
        } else {
            askOthers(session, stored);
        }
    }

    private static List<String> names(List<TopicLog> logs) {
        return logs.stream().map(TopicLog::name).toList();
    }

    /** Waits for the successor that the last leader named, for a limited time (R6). */
    private boolean mustWaitForSuccessor(ClusterState state, long now) {
        String self = identity.identity().self().nodeId();
        boolean other =
                state.transferTo().filter(successor -> !successor.equals(self)).isPresent();
        if (other && successorVersion != state.version()) {
            successorVersion = state.version();
            successorUntil = now + WAIT_FOR_SUCCESSOR.toNanos();
        }
        return other && successorUntil - now > 0;
    }

    private void askOthers(String session, StoredState stored) {
        NodeIdentity self = identity.identity();
        PeerRequest question = new PeerRequest.LogEndRequest(self.self(), self.epoch());
        List<CompletableFuture<PeerResponse>> asked = new ArrayList<>();
        for (NodeRecord other : view.nodes().values()) {
            if (!other.member().nodeId().equals(self.self().nodeId())) {
                asked.add(context.network().ask(other.address(), question, ASK_TIMEOUT));
            }
        }
        CompletableFuture<?>[] settled = asked.stream()
                .map(each -> each.exceptionally(unreachable -> null))
                .toArray(CompletableFuture<?>[]::new);
        context.onLoop(CompletableFuture.allOf(settled), (done, failure) -> {
            List<PeerResponse.Progress> others = new ArrayList<>();
            for (CompletableFuture<?> each : settled) {
                if (each.join() instanceof PeerResponse.Progress progress) {
                    others.add(progress);
                }
            }
            decide(session, stored, others);
        });
    }

    private void decide(String session, StoredState stored, List<PeerResponse.Progress> others) {
        ClusterState state = stored.value();
        Optional<PeerResponse.Progress> ahead =
                others.stream().filter(other -> other.epoch() > state.epoch()).findFirst();
        if (ahead.isPresent()) {
            checkLoss(ahead.get().node().toString(), ahead.get().epoch());
            return;
        }
        LogLength mine = LogLength.of(context.store());
        boolean another = others.stream()
                .filter(other -> state.hasInSync(other.node()))
                .anyMatch(other -> LogLength.of(other.ends()).isLongerThan(mine));
        if (another && yieldedAt != state.epoch()) {
            yieldedAt = state.epoch();
            yieldUntil = context.nowNanos() + YIELD.toNanos();
            pause();
        } else {
            stand(session, stored, others);
        }
    }

    /**
     * Another election may have happened meanwhile; only a new read shows whether the coordinator
     * lost data.
     */
    private void checkLoss(String who, int ahead) {
        context.onLoop(context.coordinator().read(context.keys().state()), (entry, failure) -> {
            if (entry != null && entry.isPresent()) {
                Optional<Integer> epoch = readable(entry.get()).map(ClusterState::epoch);
                if (epoch.isPresent() && epoch.get() < ahead) {
                    listener.alarm(who + " has seen epoch " + ahead
                            + ", the coordinator knows epoch " + epoch.get()
                            + ": it was restored or lost data; an operator must run"
                            + " `lignum cluster recover`");
                }
            }
            pause();
        });
    }

    /** Empty for a damaged state: no node can be elected then. */
    private Optional<ClusterState> readable(Entry entry) {
        Optional<ClusterState> state = StateJson.findState(entry.value());
        if (state.isEmpty()) {
            listener.alarm("the coordinator's value of " + entry.key() + " is damaged: no node is"
                    + " elected until an operator runs `lignum cluster recover`");
        }
        return state;
    }

    /** A new incarnation, taken while the others were asked, guarantees nothing (R1, R7). */
    private void stand(String session, StoredState stored, List<PeerResponse.Progress> others) {
        ClusterState.Leader me = new ClusterState.Leader(identity.identity().self(), session);
        if (stored.value().hasInSync(me.member())) {
            take(session, stored.index(), stored.value().elected(me, context.nonce()), others);
        } else {
            pause();
        }
    }

    private void take(
            String session, long index, ClusterState wanted, List<PeerResponse.Progress> others) {
        CoordinatorKeys keys = context.keys();
        List<TxnOp> operations = List.of(
                new TxnOp.Lock(
                        keys.lock(),
                        session,
                        StateJson.encode(new NodeRecord(
                                identity.identity().self(), context.config().address(), false))),
                new TxnOp.Cas(keys.state(), index, StateJson.encode(wanted)));
        context.onLoop(context.coordinator().transact(operations), (result, failure) -> {
            if (result instanceof TxnResult.Applied applied) {
                busy = false;
                long taken = applied.find(keys.state()).map(Entry::modifyIndex).orElse(0L);
                won(session, new StoredState(wanted, taken), others);
            } else {
                LOG.debug(
                        "the election has no result yet: {}",
                        failure == null ? result : failure.toString());
                readBack(session, others);
            }
        });
    }

    /** Finds out who leads after a transaction without an explicit success (R8). */
    private void readBack(String session, List<PeerResponse.Progress> others) {
        CoordinatorKeys keys = context.keys();
        List<TxnOp> read = List.of(new TxnOp.Get(keys.lock()), new TxnOp.Get(keys.state()));
        context.onLoop(context.coordinator().transact(read), (result, failure) -> {
            if (!(result instanceof TxnResult.Applied applied)) {
                pause();
                return;
            }
            Entry entry = applied.find(keys.state()).orElse(null);
            boolean held =
                    applied.find(keys.lock()).flatMap(Entry::session).equals(Optional.of(session));
            Optional<ClusterState> readable =
                    entry == null || !held ? Optional.empty() : readable(entry);
            if (entry == null || readable.isEmpty()) {
                pause();
                return;
            }
            ClusterState state = readable.get();
            boolean mine = state.isLedBy(identity.identity().self(), session)
                    && state.epoch() > identity.identity().epoch();
            if (mine) {
                busy = false;
                won(session, new StoredState(state, entry.modifyIndex()), others);
            } else {
                // The lock without the epoch: no transaction of this process did that.
                LOG.warn("the lock is held by this node's session, but it does not lead");
                busy = false;
                sessions.replace();
            }
        });
    }

    private void won(String session, StoredState elected, List<PeerResponse.Progress> others) {
        if (!sessions.session().equals(Optional.of(session))) {
            pause();
            return;
        }
        listener.won(elected, others);
    }
}
