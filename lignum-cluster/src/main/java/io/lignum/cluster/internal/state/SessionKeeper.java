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
 * renewed well before its TTL, and replaced by a new one when it is lost. A lost session is never
 * used again. Also computes how long the leader may assume that it still leads without further
 * proof (R4).
 *
 * <p>The node loop only, except {@link #leaseUntil()}.
 */
public final class SessionKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(SessionKeeper.class);

    /**
     * A leader that has had no answer for longer may have been replaced without its knowledge (R4).
     */
    private static final Duration LEASE = Duration.ofSeconds(3);

    private static final Duration PASS_EVERY = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final long MAX_DRIFT_MILLIS = 1_000;

    /** Notified on the node loop. */
    public interface Listener {
        /** A session is open, and holds the node's key or will hold it soon. */
        void sessionOpened(String session);

        /** There is proof that the session has ended. */
        void sessionLost(String session);

        /**
         * Whether this node leads, and so must learn soon that its session has ended: passing a
         * check does not show that.
         */
        boolean leads();
    }

    private final NodeContext context;
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
    private volatile long leaseUntil;
    private long voidBefore;
    private long tickNanos;
    private long tickWall;

    public SessionKeeper(NodeContext context, Registration registration, Listener listener) {
        this.context = context;
        this.registration = registration;
        this.listener = listener;
        file = new SessionFile(context.disk(), context.config().directory());
        long now = context.nowNanos();
        leaseUntil = now;
        voidBefore = now;
        answeredAt = now - LEASE.toNanos();
        tickNanos = now;
        tickWall = context.wallMillis();
    }

    /**
     * Opens a session, after the session of this node's last process has ended: that one may hold
     * the lock and the node's key.
     */
    public void start() {
        tick();
        context.blocking(() -> {
            Optional<String> last = file.read();
            context.onLoop(
                    () -> last.ifPresentOrElse(id -> destroy(id, this::register), this::register));
        });
    }

    public Optional<String> session() {
        return Optional.ofNullable(session);
    }

    /** Monotonic time until which the leader may assume that it leads. Any thread. */
    public long leaseUntil() {
        return leaseUntil;
    }

    /** Whether the coordinator has answered within the last seconds. */
    public boolean isReachable() {
        return context.nowNanos() - answeredAt < LEASE.toNanos();
    }

    /** The coordinator gave any answer. */
    public void answered() {
        answeredAt = context.nowNanos();
    }

    private void register() {
        // A session cannot be opened while a check is critical, and registering again does not pass
        // the check.
        CompletableFuture<Void> passed = context.coordinator()
                .register(registration)
                .thenCompose(done -> context.coordinator().pass(registration));
        context.onLoop(passed, (done, failure) -> {
            if (closing) {
                return;
            }
            if (failure != null) {
                LOG.debug("registering with the coordinator failed: {}", failure.toString());
                context.later(RETRY, this::register);
            } else {
                answered();
                open();
            }
        });
    }

    private void open() {
        SessionTimes times =
                new SessionTimes(context.config().sessionTtl(), context.config().lockDelay());
        long sent = context.nowNanos();
        context.onLoop(context.coordinator().openSession(registration, times), (id, failure) -> {
            if (closing) {
                return;
            }
            if (id == null) {
                LOG.debug("opening a session failed: {}", String.valueOf(failure));
                // The agent may have forgotten this node's checks.
                context.later(RETRY, this::register);
                return;
            }
            answered();
            context.blocking(() -> {
                file.write(id); // before the session can hold anything
                context.onLoop(() -> opened(id, sent));
            });
        });
    }

    private void opened(String id, long sent) {
        if (closing) {
            return;
        }
        session = id;
        renewedAt = sent;
        extendLease(sent);
        LOG.info("Session {} with the coordinator is open", id);
        pass(); // The next tick is up to a second away, and a leader needs its proof before that.
        holdLive(id);
        listener.sessionOpened(id);
    }

    /**
     * Locks the key that shows that the node runs. An earlier session of this node may still hold
     * it for a while.
     */
    private void holdLive(String mine) {
        if (!mine.equals(session) || closing) {
            return;
        }
        TxnOp lock = new TxnOp.Lock(
                context.keys().live(registration.nodeId()),
                mine,
                registration.nodeId() + " " + mine);
        context.onLoop(context.coordinator().transact(List.of(lock)), (result, failure) -> {
            if (result instanceof TxnResult.Applied) {
                answered();
            } else {
                context.later(RETRY, () -> holdLive(mine));
            }
        });
    }

    private void tick() {
        if (closing) {
            return;
        }
        checkClocks();
        pass();
        long now = context.nowNanos();
        String held = session;
        long renewEvery = Math.min(
                context.config().sessionRenewal().toNanos(),
                context.config().sessionTtl().toNanos() / 3);
        if (held != null && (listener.leads() || now - renewedAt >= renewEvery)) {
            renew(held);
        }
        context.later(PASS_EVERY, this::tick);
    }

    /** After a suspension the wall clock has advanced, and the monotonic clock may not have. */
    private void checkClocks() {
        long now = context.nowNanos();
        long wall = context.wallMillis();
        long drift = Math.abs((wall - tickWall) - (now - tickNanos) / 1_000_000);
        if (drift > MAX_DRIFT_MILLIS) {
            LOG.warn("wall clock and monotonic clock went {} ms apart", drift);
            leaseUntil = now;
            voidBefore = now; // Answers to earlier requests prove nothing any more.
        }
        tickNanos = now;
        tickWall = wall;
    }

    /** One at a time: if the coordinator does not answer, calls must not pile up. */
    private void pass() {
        passDue = passing;
        if (session == null || passing) {
            return;
        }
        passing = true;
        long sent = context.nowNanos();
        context.onLoop(context.coordinator().pass(registration), (done, failure) -> {
            passing = false;
            if (failure == null) {
                answered();
                extendLease(sent);
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
        long sent = context.nowNanos();
        renewedAt = sent;
        context.onLoop(context.coordinator().renew(held), (alive, failure) -> {
            renewing = false;
            if (alive == null) {
                renewedAt =
                        sent - context.config().sessionTtl().toNanos(); // again at the next tick
                return;
            }
            answered();
            if (alive) {
                extendLease(sent);
            } else {
                lost(held);
            }
        });
    }

    private void extendLease(long sent) {
        if (sent - voidBefore >= 0) {
            leaseUntil = Math.max(leaseUntil, sent + LEASE.toNanos());
        }
    }

    /** There is proof, from any source, that this session has ended. */
    void lost(String ended) {
        if (!ended.equals(session)) {
            return;
        }
        LOG.warn("Session {} with the coordinator has ended", ended);
        session = null;
        leaseUntil = context.nowNanos();
        listener.sessionLost(ended);
        register();
    }

    /**
     * Ends this session for good and opens another: a transaction with an unknown result may still
     * be on its way with this one (R8).
     */
    public void replace() {
        String old = session;
        if (old != null) {
            destroy(old, () -> {});
            lost(old);
        }
    }

    /**
     * Repeats until the coordinator has done it: this process continues to pass the session's
     * checks, so the session would not end by itself.
     */
    private void destroy(String old, Runnable then) {
        context.onLoop(context.coordinator().destroy(old), (done, failure) -> {
            if (failure == null) {
                then.run();
            } else {
                LOG.debug("destroying session {} failed: {}", old, failure.toString());
                context.later(RETRY, () -> destroy(old, then));
            }
        });
    }

    /**
     * Ends the session and the registration. If the coordinator cannot be reached, its checks end
     * the session later. Completes once it has answered, or does not answer.
     */
    public CompletableFuture<Void> close() {
        closing = true;
        String old = session;
        session = null;
        if (old == null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> ended = context.coordinator()
                .destroy(old)
                .thenCompose(done -> context.coordinator().deregister(registration));
        CompletableFuture<Void> closed = new CompletableFuture<>();
        context.whenDone(ended, (done, failure) -> {
            if (failure != null) {
                LOG.debug("leaving the coordinator failed: {}", failure.toString());
            }
            closed.complete(null);
        });
        return closed;
    }
}
