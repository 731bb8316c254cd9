package io.lignum.cluster.internal.state;

import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.coordinator.SessionTimes;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps the node's session with the coordinator (R3): one per process, bound to the node's checks,
 * renewed well before its time, and replaced by a fresh one when it is lost; a lost session is
 * never used again. Also the judge of how long the leader may believe in itself (R4).
 *
 * <p>The node's loop only, but for {@link #believesUntil()}.
 */
public final class SessionKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(SessionKeeper.class);

    /** A leader that heard nothing for longer may have been replaced without knowing (R4). */
    private static final Duration BELIEF = Duration.ofSeconds(3);

    private static final Duration PASS_EVERY = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final long MAX_DRIFT_MILLIS = 1_000;

    /** Told about sessions. */
    public interface Listener {
        /** A session is there and the node's key is locked by it, or will be soon. */
        void sessionOpened(String session);

        /** Proof that the session is gone. */
        void sessionLost(String session);

        /**
         * Whether it should know soon when its session is gone: a check that passes proves nothing
         * of that.
         */
        boolean leads();
    }

    private final NodeContext node;
    private final Registration registration;
    private final Listener listener;
    private final SessionFile file;
    private @Nullable String session;
    private boolean closing;
    private boolean passing;
    private boolean passDue;
    private boolean renewing;
    private long renewedAt;
    private long answeredAt;
    private volatile long believesUntil;
    private long voidBefore;
    private long tickNanos;
    private long tickWall;

    public SessionKeeper(NodeContext node, Registration registration, Listener listener) {
        this.node = node;
        this.registration = registration;
        this.listener = listener;
        file = new SessionFile(node.disk(), node.config().directory());
        long now = node.nowNanos();
        believesUntil = now;
        voidBefore = now;
        answeredAt = now - BELIEF.toNanos();
        tickNanos = now;
        tickWall = node.wallMillis();
    }

    /**
     * The session of this node's last process ends first: until then it may hold the lock, and the
     * node's key.
     */
    public void start() {
        tick();
        node.blocking(() -> {
            Optional<String> last = file.read();
            node.onLoop(
                    () -> last.ifPresentOrElse(id -> destroy(id, this::register), this::register));
        });
    }

    public Optional<String> session() {
        return Optional.ofNullable(session);
    }

    /** Monotonic time up to which the leader may act as one without further proof. Any thread. */
    public long believesUntil() {
        return believesUntil;
    }

    /** Whether the coordinator answered within the last few seconds. */
    public boolean isReachable() {
        return node.nowNanos() - answeredAt < BELIEF.toNanos();
    }

    /** The coordinator answered something, whatever it was. */
    public void answered() {
        answeredAt = node.nowNanos();
    }

    private void register() {
        // A check that is critical lets no session be opened, and registering again does not pass
        // it.
        CompletableFuture<Void> passed = node.coordinator()
                .register(registration)
                .thenCompose(done -> node.coordinator().pass(registration));
        node.onLoop(passed, (done, failure) -> {
            if (closing) {
                return;
            }
            if (failure != null) {
                LOG.debug("registering with the coordinator failed: {}", failure.toString());
                node.later(RETRY, this::register);
            } else {
                answered();
                open();
            }
        });
    }

    private void open() {
        SessionTimes times =
                new SessionTimes(node.config().sessionTtl(), node.config().lockDelay());
        long sent = node.nowNanos();
        node.onLoop(node.coordinator().openSession(registration, times), (id, failure) -> {
            if (closing) {
                return;
            }
            if (id == null) {
                LOG.debug("opening a session failed: {}", String.valueOf(failure));
                node.later(RETRY, this::register); // The agent may have forgotten our checks.
                return;
            }
            answered();
            node.blocking(() -> {
                file.write(id); // Before it can hold anything.
                node.onLoop(() -> opened(id, sent));
            });
        });
    }

    private void opened(String id, long sent) {
        if (closing) {
            return;
        }
        session = id;
        renewedAt = sent;
        believe(sent);
        LOG.info("Session {} with the coordinator is open", id);
        pass(); // The next tick is up to a second away, and a leader needs its belief by then.
        holdLive(id);
        listener.sessionOpened(id);
    }

    /**
     * The key says that the node is alive. An earlier session of this node may hold it for a while
     * yet.
     */
    private void holdLive(String mine) {
        if (!mine.equals(session) || closing) {
            return;
        }
        TxnOp lock = new TxnOp.Lock(
                node.keys().live(registration.nodeId()), mine, registration.nodeId() + " " + mine);
        node.onLoop(node.coordinator().transact(List.of(lock)), (result, failure) -> {
            if (result instanceof TxnResult.Applied) {
                answered();
            } else {
                node.later(RETRY, () -> holdLive(mine));
            }
        });
    }

    private void tick() {
        if (closing) {
            return;
        }
        checkClocks();
        pass();
        long now = node.nowNanos();
        String held = session;
        long renewEvery = Math.min(
                node.config().sessionRenewal().toNanos(),
                node.config().sessionTtl().toNanos() / 3);
        if (held != null && (listener.leads() || now - renewedAt >= renewEvery)) {
            renew(held);
        }
        node.later(PASS_EVERY, this::tick);
    }

    /** A machine that was suspended counts its wall clock on, and its monotonic one perhaps not. */
    private void checkClocks() {
        long now = node.nowNanos();
        long wall = node.wallMillis();
        long drift = Math.abs((wall - tickWall) - (now - tickNanos) / 1_000_000);
        if (drift > MAX_DRIFT_MILLIS) {
            LOG.warn("wall clock and monotonic clock went {} ms apart", drift);
            believesUntil = now;
            voidBefore = now; // An answer to what was sent before proves nothing any more.
        }
        tickNanos = now;
        tickWall = wall;
    }

    /**
     * One at a time: a coordinator that answers nothing must not have calls pile up in front of it.
     */
    private void pass() {
        passDue = passing;
        if (session == null || passing) {
            return;
        }
        passing = true;
        long sent = node.nowNanos();
        node.onLoop(node.coordinator().pass(registration), (done, failure) -> {
            passing = false;
            if (failure == null) {
                answered();
                believe(sent);
            }
            if (passDue && !closing) {
                pass();
            }
        });
    }

    private void renew(String held) {
        if (renewing) {
            return;
        }
        renewing = true;
        long sent = node.nowNanos();
        renewedAt = sent;
        node.onLoop(node.coordinator().renew(held), (alive, failure) -> {
            renewing = false;
            if (alive == null) {
                renewedAt = sent - node.config().sessionTtl().toNanos(); // again at the next tick
                return;
            }
            answered();
            if (alive) {
                believe(sent);
            } else {
                lost(held);
            }
        });
    }

    private void believe(long sent) {
        if (sent - voidBefore >= 0) {
            believesUntil = Math.max(believesUntil, sent + BELIEF.toNanos());
        }
    }

    /** There is proof that this session is gone, wherever it came from. */
    void lost(String gone) {
        if (!gone.equals(session)) {
            return;
        }
        LOG.warn("Session {} with the coordinator is gone", gone);
        session = null;
        believesUntil = node.nowNanos();
        listener.sessionLost(gone);
        register();
    }

    /**
     * Gives a session up for good, since a transaction of unknown fate may still be on its way with
     * it (R8).
     */
    public void replace() {
        String old = session;
        if (old != null) {
            destroy(old, () -> {});
            lost(old);
        }
    }

    /**
     * Until the coordinator has done it: it would live on for long, on the checks that this process
     * goes on to pass.
     */
    private void destroy(String old, Runnable then) {
        node.onLoop(node.coordinator().destroy(old), (done, failure) -> {
            if (failure == null) {
                then.run();
            } else {
                LOG.debug("destroying session {} failed: {}", old, failure.toString());
                node.later(RETRY, () -> destroy(old, then));
            }
        });
    }

    /**
     * Ends the session and the registration; what the coordinator does not hear of it learns from
     * its checks. Completes once it has answered, or does not answer.
     */
    public CompletableFuture<Void> close() {
        closing = true;
        String old = session;
        session = null;
        if (old == null) {
            return CompletableFuture.completedFuture(null);
        }
        return node.coordinator()
                .destroy(old)
                .thenCompose(done -> node.coordinator().deregister(registration))
                .exceptionally(failure -> {
                    LOG.debug("leaving the coordinator failed: {}", failure.toString());
                    return null;
                });
    }
}
