package io.lignum.cluster.sim;

import io.lignum.cluster.coordinator.CoordinatorException;
import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.coordinator.SessionTimes;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** The server of a {@link MemoryCoordinator}. Called with the owner's lock held. */
final class MemoryServer {

    private final MemoryTimers timers;
    private final MemoryStore store = new MemoryStore();
    private final MemoryChecks checks;
    private final MemoryWatches watches;
    private final Map<String, Long> sessionEnds = new HashMap<>();
    private long electedAt = Long.MIN_VALUE;
    private MemoryCoordinator.Writes writes = (key, before, after) -> {};

    MemoryServer(MemoryTimers timers, MemoryWatches watches) {
        this.timers = timers;
        this.watches = watches;
        checks = new MemoryChecks(timers, this::critical);
    }

    MemoryStore store() {
        return store;
    }

    MemoryChecks checks() {
        return checks;
    }

    boolean electing() {
        return timers.nanos() < electedAt;
    }

    void elect(Duration span) {
        electedAt = timers.nanos() + span.toNanos();
        store.sessions().forEach(session -> renewed(session, electedAt));
    }

    void restore(MemoryState state, List<MemoryStore.Session> sessions) {
        store.restore(state, sessions);
        sessionEnds.clear();
        store.sessions().forEach(this::begin);
        store.sessions().stream()
                .filter(session -> !checks.passing(session.service()))
                .forEach(this::end);
        watches.changed(store.state());
    }

    void endSessions() {
        store.sessions().forEach(this::end);
    }

    void loseData() {
        store.clear();
        checks.clear();
        sessionEnds.clear();
    }

    MemoryState state() {
        return store.state();
    }

    @Nullable
    Void register(Registration registration) {
        checks.register(registration);
        return null;
    }

    @Nullable
    Void deregister(Registration registration) {
        checks.deregister(registration);
        return null;
    }

    @Nullable
    Void pass(Registration registration) {
        if (!checks.pass(registration)) {
            throw new CoordinatorException("500: unknown check", null);
        }
        return null;
    }

    String open(Registration registration, SessionTimes times) {
        String service = MemoryChecks.id(registration);
        if (!checks.passing(service)) {
            throw new CoordinatorException("500: a check is missing or critical", null);
        }
        Random random = timers.random();
        String id = new UUID(random.nextLong(), random.nextLong()).toString();
        MemoryStore.Session session = new MemoryStore.Session(id, service, times);
        store.open(session);
        begin(session);
        return id;
    }

    boolean renew(String id) {
        store.session(id).ifPresent(session -> renewed(session, timers.nanos()));
        return store.session(id).isPresent();
    }

    @Nullable
    Void destroy(String id) {
        store.session(id).ifPresent(this::end);
        return null;
    }

    TxnResult transact(List<TxnOp> operations) {
        MemoryState before = store.state();
        TxnResult result = store.transact(operations, timers.nanos());
        if (result instanceof TxnResult.Applied) {
            for (TxnOp op : operations) {
                if (op instanceof TxnOp.Cas cas) {
                    String old = before.entries().containsKey(cas.key())
                            ? before.entries().get(cas.key()).value()
                            : null;
                    writes.applied(cas.key(), old, cas.value());
                }
            }
        }
        return result;
    }

    void observe(MemoryCoordinator.Writes observer) {
        writes = observer;
    }

    private void begin(MemoryStore.Session session) {
        renewed(session, timers.nanos());
        expire(session.id());
    }

    /** Consul waits for twice the TTL. */
    private void renewed(MemoryStore.Session session, long now) {
        sessionEnds.put(session.id(), now + 2 * session.times().ttl().toNanos());
    }

    private void expire(String id) {
        Long end = sessionEnds.get(id);
        if (end != null) {
            Duration left = Duration.ofNanos(Math.max(1, end - timers.nanos()));
            timers.after(left, () -> endOrWait(id));
        }
    }

    private void endOrWait(String id) {
        Long end = sessionEnds.get(id);
        if (end != null && end <= timers.nanos()) {
            store.session(id).ifPresent(this::end);
        } else {
            expire(id);
        }
    }

    private void end(MemoryStore.Session session) {
        sessionEnds.remove(session.id());
        store.end(session, timers.nanos());
        watches.changed(store.state());
    }

    /** During an election a critical check cannot be recorded. */
    private void critical(String service) {
        if (electing()) {
            Duration left = Duration.ofNanos(electedAt - timers.nanos());
            timers.after(left, () -> critical(service));
            return;
        }
        if (!checks.passing(service)) {
            store.sessions().stream()
                    .filter(session -> session.service().equals(service))
                    .forEach(this::end);
        }
    }
}
