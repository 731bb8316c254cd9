package io.lignum.storage.stress;

import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;
import io.lignum.storage.StoreConfig;
import io.lignum.storage.TopicLog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Real threads on a real disk, round after round: a store is opened, after its indexes were
 * deleted, used by many threads in every way at once, and closed under their hands; then nothing
 * may be stuck, open or missing.
 *
 * <p>The seed chooses what the threads do, not how they are scheduled: a failure may need several
 * runs to come again.
 */
final class EngineStress {

    private static final Duration ROUND = Duration.ofMillis(2_500);
    private static final StoreConfig CONFIG = StoreConfig.DEFAULT.toBuilder()
            .maxOpenFiles(16)
            .reserveBytes(0)
            .flushInterval(Duration.ofMillis(50))
            .build();

    private final Path directory;
    private final Random random;
    private final Ledger ledger = new Ledger();
    private final Watch watch = new Watch();
    private volatile boolean stopping;
    private int rounds;

    EngineStress(Path directory, long seed) {
        this.directory = directory;
        random = new Random(seed);
    }

    /** Runs rounds for about that long; answers what was done. */
    String run(Duration duration) throws Exception {
        long deadline = System.nanoTime() + duration.toNanos();
        do {
            round();
            rounds++;
        } while (System.nanoTime() < deadline);
        try (LogStore store = LogStore.open(directory, CONFIG)) {
            store.topics().forEach(ledger::checkAll);
        }
        return rounds + " rounds, " + ledger.acknowledgedRecords() + " records kept";
    }

    private void round() throws Exception {
        deleteIndexes(1);
        stopping = false;
        LogStore store = LogStore.open(directory, CONFIG);
        for (String name : Tasks.names()) {
            store.openOrCreate(name, Tasks.config(random));
        }
        Tasks tasks = new Tasks(store, ledger, watch);
        readAllAtOnce(tasks);
        deleteIndexes(1);
        List<Thread> threads = threads(tasks);
        threads.forEach(Thread::start);
        long end = System.nanoTime() + ROUND.toNanos();
        while (System.nanoTime() < end && !watch.hasFailed()) {
            Thread.sleep(50);
            watch.forgetDone();
            deleteIndexes(0.2);
        }
        boolean underTheirHands = random.nextBoolean();
        stopping = !underTheirHands;
        if (!underTheirHands) {
            watch.join(threads);
            awaitNothingPending(store);
        }
        store.close();
        stopping = true;
        watch.join(threads);
        watch.awaitAll();
        Watch.awaitNoEngineThread();
        watch.rethrow();
        checkNothingIsOpen();
    }

    /** All readers reach each segment at the same time; no segment has an index. */
    private void readAllAtOnce(Tasks tasks) throws InterruptedException {
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            readers.add(new Thread(() -> once(tasks::readThrough), "stress-first-reader-" + i));
        }
        readers.forEach(Thread::start);
        watch.join(readers);
        watch.rethrow();
    }

    private void once(Consumer<Random> task) {
        try {
            task.accept(new Random(rounds));
        } catch (Throwable e) {
            watch.failed(e);
        }
    }

    private List<Thread> threads(Tasks tasks) {
        List<Thread> threads = new ArrayList<>();
        start(threads, "appender", 4, tasks::append);
        start(threads, "reader", 6, tasks::read);
        start(threads, "lookup", 2, tasks::lookUp);
        start(threads, "maintainer", 2, r -> {
            tasks.maintain(r);
            pause(20);
        });
        start(threads, "recreator", 1, r -> {
            tasks.recreate(r);
            pause(200);
        });
        List<Thread> workers = List.copyOf(threads);
        start(threads, "interrupter", 1, r -> {
            workers.get(r.nextInt(workers.size())).interrupt();
            pause(5);
        });
        return threads;
    }

    private void start(List<Thread> threads, String name, int count, Consumer<Random> task) {
        for (int i = 0; i < count; i++) {
            long seed = random.nextLong();
            threads.add(
                    new Thread(() -> repeat(task, new Random(seed)), "stress-" + name + "-" + i));
        }
    }

    /** The top of each thread. */
    private void repeat(Consumer<Random> task, Random own) {
        while (!stopping && !watch.hasFailed()) {
            try {
                task.accept(own);
            } catch (StorageException.UnknownTopic
                    | StorageException.TopicExists
                    | StorageException.Closed
                    | StorageException.Overloaded
                    | StorageException.OffsetOutOfRange e) {
                pause(1); // It was deleted, closed, trimmed or is busy: a definite answer.
            } catch (Throwable e) {
                watch.failed(e);
            }
        }
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Every append gave its memory back. */
    private void awaitNothingPending(LogStore store) throws InterruptedException {
        for (TopicLog log : store.topics()) {
            log.flush();
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (store.status().pendingBytes() > 0) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(store.status().pendingBytes() + " bytes stay pending");
            }
            Thread.sleep(5);
        }
    }

    private void deleteIndexes(double share) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.filter(file -> file.toString().endsWith(".index"))
                    .filter(file -> random.nextDouble() < share)
                    .forEach(EngineStress::delete);
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof NoSuchFileException)) {
                throw e; // else a topic was deleted under the walk
            }
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void checkNothingIsOpen() throws IOException {
        Path handles = Path.of("/proc/self/fd");
        if (!Files.exists(handles)) {
            return;
        }
        try (Stream<Path> all = Files.list(handles)) {
            List<String> open = all.map(EngineStress::target)
                    .filter(target -> target.startsWith(directory.toString()))
                    .toList();
            if (!open.isEmpty()) {
                throw new AssertionError("a closed store holds " + open);
            }
        }
    }

    private static String target(Path handle) {
        try {
            return Files.readSymbolicLink(handle).toString();
        } catch (IOException e) {
            return "closed meanwhile";
        }
    }
}
