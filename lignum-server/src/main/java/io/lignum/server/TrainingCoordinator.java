package io.lignum.server;

import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.coordinator.CoordinatorException;
import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.coordinator.SessionTimes;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.coordinator.Watched;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A coordinator within this process, shared by the nodes of {@link TrainingCluster}. It checks no
 * node and its sessions do not expire, so it must not be used where nodes can fail.
 *
 * <p>Any thread calls it. Its own thread owns the state and completes the futures.
 */
final class TrainingCoordinator implements Coordinator {

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Set<String> sessions = new HashSet<>();
    private final List<Watch> watches = new ArrayList<>();
    private Map<String, Entry> entries = new TreeMap<>();
    private long index = 1;

    private record Watch(String prefix, long index, CompletableFuture<Watched> result) {}

    private <T> CompletableFuture<T> call(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, thread);
    }

    @Override
    public CompletableFuture<Void> register(Registration registration) {
        return done();
    }

    @Override
    public CompletableFuture<Void> deregister(Registration registration) {
        return done();
    }

    @Override
    public CompletableFuture<Void> pass(Registration registration) {
        return done();
    }

    private CompletableFuture<Void> done() {
        return CompletableFuture.runAsync(() -> {}, thread);
    }

    @Override
    public CompletableFuture<String> openSession(Registration registration, SessionTimes times) {
        return call(() -> {
            String session = "session-" + ++index;
            sessions.add(session);
            return session;
        });
    }

    @Override
    public CompletableFuture<Boolean> renew(String session) {
        return call(() -> sessions.contains(session));
    }

    /** Releases the session's locks without a lock delay. */
    @Override
    public CompletableFuture<Void> destroy(String session) {
        return CompletableFuture.runAsync(
                () -> {
                    sessions.remove(session);
                    index++;
                    entries.replaceAll((key, entry) -> isHeldBy(entry, session)
                            ? new Entry(
                                    key, entry.value(), index, entry.lockIndex(), Optional.empty())
                            : entry);
                    answerWatches();
                },
                thread);
    }

    @Override
    public CompletableFuture<Optional<Entry>> read(String key) {
        return call(() -> Optional.ofNullable(entries.get(key)));
    }

    @Override
    public CompletableFuture<TxnResult> transact(List<TxnOp> operations) {
        return call(() -> {
            Map<String, Entry> before = new TreeMap<>(entries);
            List<Entry> results = new ArrayList<>();
            index++;
            for (TxnOp operation : operations) {
                if (!isAllowed(operation)) {
                    entries = before;
                    return new TxnResult.Refused("refused: " + operation);
                }
                apply(operation);
                Optional.ofNullable(entries.get(operation.key())).ifPresent(results::add);
            }
            answerWatches();
            return new TxnResult.Applied(results);
        });
    }

    private boolean isAllowed(TxnOp operation) {
        Optional<Entry> entry = Optional.ofNullable(entries.get(operation.key()));
        Optional<String> holder = entry.flatMap(Entry::session);
        if (operation instanceof TxnOp.CheckSession check) {
            return holder.equals(Optional.of(check.session()));
        }
        if (operation instanceof TxnOp.Unlock unlock) {
            return holder.equals(Optional.of(unlock.session()));
        }
        if (operation instanceof TxnOp.Lock lock) {
            return sessions.contains(lock.session())
                    && (holder.isEmpty() || holder.equals(Optional.of(lock.session())));
        }
        if (operation instanceof TxnOp.Cas cas) {
            return entry.map(Entry::modifyIndex).orElse(0L) == cas.index();
        }
        return !(operation instanceof TxnOp.Get) || entry.isPresent();
    }

    private void apply(TxnOp operation) {
        Optional<String> holder =
                Optional.ofNullable(entries.get(operation.key())).flatMap(Entry::session);
        if (operation instanceof TxnOp.Cas cas) {
            put(cas.key(), cas.value(), holder);
        } else if (operation instanceof TxnOp.Put put) {
            put(put.key(), put.value(), holder);
        } else if (operation instanceof TxnOp.Lock lock) {
            put(lock.key(), lock.value(), Optional.of(lock.session()));
        } else if (operation instanceof TxnOp.Unlock unlock) {
            put(unlock.key(), unlock.value(), Optional.empty());
        } else if (operation instanceof TxnOp.Delete) {
            entries.remove(operation.key());
        }
    }

    private void put(String key, String value, Optional<String> session) {
        Entry before = entries.get(key);
        long locks = before == null ? 0 : before.lockIndex();
        boolean locked =
                session.isPresent() && (before == null || before.session().isEmpty());
        entries.put(key, new Entry(key, value, index, locked ? locks + 1 : locks, session));
    }

    private static boolean isHeldBy(Entry entry, String session) {
        return entry.session().equals(Optional.of(session));
    }

    @Override
    public CompletableFuture<Watched> watch(String prefix, long seen, Duration wait) {
        CompletableFuture<Watched> result = new CompletableFuture<>();
        Watch watch = new Watch(prefix, seen, result);
        thread.execute(() -> {
            if (seen != indexOf(prefix)) {
                answer(watch);
            } else {
                watches.add(watch);
                Future<?> unused = thread.schedule(
                        () -> answer(watch), wait.toMillis(), TimeUnit.MILLISECONDS);
            }
        });
        return result;
    }

    private void answerWatches() {
        List<Watch> due = watches.stream()
                .filter(watch -> watch.index() != indexOf(watch.prefix()))
                .toList();
        due.forEach(this::answer);
    }

    private void answer(Watch watch) {
        watches.remove(watch);
        watch.result().complete(new Watched(indexOf(watch.prefix()), below(watch.prefix())));
    }

    private long indexOf(String prefix) {
        return below(prefix).stream().mapToLong(Entry::modifyIndex).max().orElse(1);
    }

    private List<Entry> below(String prefix) {
        return entries.values().stream()
                .filter(entry -> entry.key().startsWith(prefix))
                .toList();
    }

    /** Does nothing, because the other nodes go on; see {@link #end}. */
    @Override
    public void close() {}

    /** Ends the thread, after the last node was closed. */
    void end() {
        thread.shutdownNow();
        watches.forEach(watch -> watch.result()
                .completeExceptionally(new CoordinatorException("the training has ended", null)));
    }
}
