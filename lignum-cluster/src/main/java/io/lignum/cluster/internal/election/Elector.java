package io.lignum.cluster.internal.election;

import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
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
 * Stands for election when nobody leads (R7, R8): one transaction takes the lock and the epoch
 * together, and only what a consistent read shows counts when its answer was lost.
 *
 * <p>The node's loop only.
 */
public final class Elector {

    private static final Logger LOG = LoggerFactory.getLogger(Elector.class);

    private static final Duration ASK_TIMEOUT = Duration.ofMillis(300);
    private static final Duration YIELD = Duration.ofSeconds(1);
    private static final Duration WAIT_FOR_SUCCESSOR = Duration.ofSeconds(2);
    private static final Duration MIN_PAUSE = Duration.ofMillis(100);

    /** What the elector tells its node. */
    public interface Listener {
        /** This node leads from now on, once it has made the epoch durable (R10). */
        void won(ClusterState state, long index, List<PeerResponse.Progress> others);

        /** It is time to look again, if this node still looks for a leader. */
        void lookAgain();

        /** The state was read. */
        void stateRead(ClusterState state, long index);

        /** This node cannot be of this cluster. */
        void unfit(String why);

        /** An operator has to look at it. */
        void alarm(String text);
    }

    private final NodeContext node;
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

    /** @param mayFound whether this node's directory may become a new cluster's first (R2) */
    public Elector(
            NodeContext node,
            NodeIdentityKeeper identity,
            SessionKeeper sessions,
            ClusterView view,
            DamagedTopics damagedTopics,
            boolean mayFound,
            Listener listener) {
        this.node = node;
        this.identity = identity;
        this.sessions = sessions;
        this.view = view;
        this.damagedTopics = damagedTopics;
        this.mayFound = mayFound;
        this.listener = listener;
        restUntil = node.nowNanos();
    }

    /** Does not stand for a while: another is to lead. */
    public void rest(Duration span) {
        restUntil = node.nowNanos() + span.toNanos();
    }

    /** Nobody may be leading: looks, and stands if so. */
    public void consider() {
        Optional<String> session = sessions.session();
        if (busy || session.isEmpty() || !view.isKnown()) {
            return;
        }
        long rest = restUntil - node.nowNanos();
        if (rest > 0) {
            again(Duration.ofNanos(rest));
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
        node.onLoop(node.coordinator().read(node.keys().state()), (entry, failure) -> {
            if (entry == null) {
                pause();
            } else if (entry.isEmpty()) {
                found(session.get());
            } else {
                judge(session.get(), entry.get());
            }
        });
    }

    private void pause() {
        busy = false;
        Duration pause = node.config().electionPause();
        again(pause.compareTo(MIN_PAUSE) < 0 ? MIN_PAUSE : pause);
    }

    private void again(Duration delay) {
        if (!planned) {
            planned = true;
            node.later(delay, () -> {
                planned = false;
                listener.lookAgain(); // It may lead by now, elected in a turn between.
            });
        }
    }

    // ---- a new cluster (R2)

    private void found(String session) {
        if (identity.identity().clusterId().isPresent()) {
            listener.alarm(
                    "the coordinator has lost the cluster's state: nobody is elected until an"
                            + " operator runs `lignum cluster recover`");
            pause();
        } else if (!mayFound) {
            pause();
        } else {
            ClusterState founded = ClusterState.founded(
                    node.newId(),
                    new ClusterState.Leader(identity.identity().self(), session),
                    node.nonce());
            LOG.info("Founding cluster {}", founded.clusterId());
            take(session, 0, founded, List.of());
        }
    }

    // ---- an election (R7)

    private void judge(String session, Entry entry) {
        Optional<ClusterState> readable = readable(entry);
        if (readable.isEmpty()) {
            pause();
            return;
        }
        ClusterState state = readable.get();
        NodeIdentity self = identity.identity();
        long now = node.nowNanos();
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
                    "topics " + names(damagedTopics.damaged()) + " are damaged here, and other"
                            + " replicas may have them whole: this node does not lead, and fetches them"
                            + " from whoever does");
            pause();
        } else if (!state.hasInSync(self.self())) {
            listener.stateRead(state, entry.modifyIndex());
            pause();
        } else if (mustWaitForSuccessor(state, now)
                || (yieldUntil - now > 0 && yieldedAt == state.epoch())) {
            pause();
        } else if (state.transferTo().equals(Optional.of(self.self().nodeId()))) {
            stand(session, state, entry.modifyIndex(), List.of());
        } else {
            askOthers(session, state, entry.modifyIndex());
        }
    }

    private static List<String> names(List<TopicLog> logs) {
        return logs.stream().map(TopicLog::name).toList();
    }

    /** Whom the last leader chose is waited for, but not for ever (R6). */
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

    private void askOthers(String session, ClusterState state, long index) {
        NodeIdentity self = identity.identity();
        PeerRequest question = new PeerRequest.LogEndRequest(self.self(), self.epoch());
        List<CompletableFuture<PeerResponse>> asked = new ArrayList<>();
        for (NodeRecord other : view.nodes().values()) {
            if (!other.member().nodeId().equals(self.self().nodeId())) {
                asked.add(node.network().ask(other.address(), question, ASK_TIMEOUT));
            }
        }
        CompletableFuture<?>[] settled = asked.stream()
                .map(each -> each.exceptionally(unreachable -> null))
                .toArray(CompletableFuture<?>[]::new);
        node.onLoop(CompletableFuture.allOf(settled), (done, failure) -> {
            List<PeerResponse.Progress> others = new ArrayList<>();
            for (CompletableFuture<?> each : settled) {
                if (each.join() instanceof PeerResponse.Progress progress) {
                    others.add(progress);
                }
            }
            decide(session, state, index, others);
        });
    }

    private void decide(
            String session, ClusterState state, long index, List<PeerResponse.Progress> others) {
        Optional<PeerResponse.Progress> ahead =
                others.stream().filter(other -> other.epoch() > state.epoch()).findFirst();
        if (ahead.isPresent()) {
            checkLoss(ahead.get().node().toString(), ahead.get().epoch());
            return;
        }
        LogLength mine = LogLength.of(node.store());
        boolean another = others.stream()
                .filter(other -> state.hasInSync(other.node()))
                .anyMatch(other -> LogLength.of(other.ends()).isLongerThan(mine));
        if (another && yieldedAt != state.epoch()) {
            yieldedAt = state.epoch();
            yieldUntil = node.nowNanos() + YIELD.toNanos();
            pause();
        } else {
            stand(session, state, index, others);
        }
    }

    /**
     * Another election may have gone on meanwhile; only what is read now shows whether the state is
     * behind.
     */
    private void checkLoss(String who, int ahead) {
        node.onLoop(node.coordinator().read(node.keys().state()), (entry, failure) -> {
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

    /** Empty for a damaged one: nobody can be elected then. */
    private Optional<ClusterState> readable(Entry entry) {
        Optional<ClusterState> state = StateJson.findState(entry.value());
        if (state.isEmpty()) {
            listener.alarm("the coordinator's value of " + entry.key() + " is damaged: nobody is"
                    + " elected until an operator runs `lignum cluster recover`");
        }
        return state;
    }

    /**
     * It may have become another incarnation while others were asked, and that one guarantees
     * nothing (R1, R7).
     */
    private void stand(
            String session, ClusterState state, long index, List<PeerResponse.Progress> others) {
        ClusterState.Leader me = new ClusterState.Leader(identity.identity().self(), session);
        if (state.hasInSync(me.member())) {
            take(session, index, state.elected(me, node.nonce()), others);
        } else {
            pause();
        }
    }

    private void take(
            String session, long index, ClusterState wanted, List<PeerResponse.Progress> others) {
        CoordinatorKeys keys = node.keys();
        List<TxnOp> operations = List.of(
                new TxnOp.Lock(
                        keys.lock(),
                        session,
                        StateJson.encode(new NodeRecord(
                                identity.identity().self(), node.config().address(), false))),
                new TxnOp.Cas(keys.state(), index, StateJson.encode(wanted)));
        node.onLoop(node.coordinator().transact(operations), (result, failure) -> {
            if (result instanceof TxnResult.Applied applied) {
                busy = false;
                long taken = applied.find(keys.state()).map(Entry::modifyIndex).orElse(0L);
                won(session, wanted, taken, others);
            } else {
                LOG.debug("election: {}", failure == null ? result : failure.toString());
                readBack(session, others);
            }
        });
    }

    /** Whatever was answered, this shows who leads (R8). */
    private void readBack(String session, List<PeerResponse.Progress> others) {
        CoordinatorKeys keys = node.keys();
        List<TxnOp> look = List.of(new TxnOp.Get(keys.lock()), new TxnOp.Get(keys.state()));
        node.onLoop(node.coordinator().transact(look), (result, failure) -> {
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
                won(session, state, entry.modifyIndex(), others);
            } else {
                // The lock without the epoch: not by a transaction of ours that counts.
                LOG.warn("the lock is held by this node's session, but it does not lead");
                busy = false;
                sessions.replace();
            }
        });
    }

    private void won(
            String session, ClusterState state, long index, List<PeerResponse.Progress> others) {
        if (!sessions.session().equals(Optional.of(session))) {
            pause();
            return;
        }
        listener.won(state, index, others);
    }
}
