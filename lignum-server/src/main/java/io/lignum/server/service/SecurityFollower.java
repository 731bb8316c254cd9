package io.lignum.server.service;

import io.lignum.access.state.Rejection;
import io.lignum.access.state.SecurityChange;
import io.lignum.access.state.SecurityJson;
import io.lignum.access.state.SecurityRecord;
import io.lignum.access.state.SecurityStateMachine;
import io.lignum.cluster.ClusterStatus;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordCursor;
import io.lignum.record.StoredRecord;
import io.lignum.storage.EpochEnd;
import io.lignum.storage.LogCursor;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads the committed records of the security log and applies them, from the start of the log after
 * each start of the node; while the log starts with a part of a snapshot only, the users and grants
 * of before hold. A thread of its own, which blocks on the disk and while there is nothing to read.
 * A record that this release does not know stops it: the node then keeps the rights that
 * it knows and says so in its log, since skipping the record would give it other rights than the
 * other nodes.
 */
final class SecurityFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SecurityFollower.class);

    /** Interval of looks before the users are known. */
    private static final Duration LOOK = Duration.ofMillis(100);

    /** Interval of looks for the topic, which another node may create. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    /**
     * How long a member of a cluster waits for the leader before it uses the users that it knows
     * from before; also how long it waits for the topic to appear.
     */
    private static final Duration MAX_WITHOUT_LEADER = Duration.ofSeconds(5);

    private static final int MAX_BATCH_BYTES = 64 << 20;

    private final NodeState.Opened node;
    private final SecurityLog security;
    private final Runnable periodic;
    private final RequestFailures failures;
    private final Thread thread;
    private final Semaphore wakeUps = new Semaphore(0);
    private volatile boolean stopped;
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();
    private final long startNanos = System.nanoTime();

    // The thread only.
    private SecurityStateMachine machine = new SecurityStateMachine(0);
    private final SecurityCompaction compaction;
    private Optional<UUID> applied = Optional.empty();
    private OptionalInt lastEpoch = OptionalInt.empty();
    private final List<Runnable> outcomes = new ArrayList<>();
    private @Nullable CompletableFuture<Long> waiting;
    private @Nullable TopicLog waitingFor;
    private long next;
    private boolean isStuck;
    private final AtomicLong looks = new AtomicLong();

    /** @param periodic called about once a second on this object's thread; must be quick */
    SecurityFollower(
            NodeState.Opened node, SecurityLog security, NodeThreads threads, Runnable periodic) {
        this.node = node;
        this.security = security;
        this.periodic = periodic;
        this.failures = threads.failures();
        this.thread = threads.named("lignum-security").newThread(this::run);
        this.compaction = new SecurityCompaction(node, failures, this::wake);
        security.onTopicCreated(this::wake);
    }

    void start() {
        thread.start();
    }

    /** Waits until the users are known, for at most this long. */
    void awaitLoaded(Duration atMost) {
        var unused = loaded.completeOnTimeout(null, atMost.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** How often the log was looked at, for a test. */
    long looks() {
        return looks.get();
    }

    private void wake() {
        wakeUps.release();
    }

    private void run() {
        long lastPeriodic = System.nanoTime();
        while (!stopped) {
            looks.incrementAndGet();
            Optional<TopicLog> log = node.store().findTopic(SecurityLog.TOPIC);
            boolean hasRead = log.isPresent() && readAll(log.get());
            if (!security.isLoaded() && machine.isComplete() && hasReadAll(log)) {
                security.loaded();
                loaded.complete(null);
            }
            if (System.nanoTime() - lastPeriodic > RETRY.toNanos()) {
                lastPeriodic = System.nanoTime();
                periodic.run();
            }
            if (log.isPresent() && hasRead && security.isLoaded()) {
                if (machine.isComplete()) {
                    compaction.run(log.get(), security.state());
                }
                await(log.get());
            } else {
                sleep(security.isLoaded() ? RETRY : LOOK);
            }
        }
        endWait();
    }

    /** Whether what is applied includes all that was committed before the node started. */
    private boolean hasReadAll(Optional<TopicLog> log) {
        if (!node.membership().isClustered()) {
            return log.isEmpty() || next >= log.get().readableEndOffset();
        }
        boolean isLate = System.nanoTime() - startNanos > MAX_WITHOUT_LEADER.toNanos();
        if (isLate) {
            return true;
        }
        if (log.isEmpty()) {
            return node.membership().status().role() == ClusterStatus.Role.LEADER;
        }
        try {
            long committed = node.writes()
                    .readIndex(log.get())
                    .orTimeout(LOOK.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            return next >= committed;
        } catch (RuntimeException noLeader) {
            LOG.debug("The leader's users are not known yet: {}", noLeader.toString());
            return false;
        }
    }

    /** Applies all readable records; false if that failed and must be tried again. */
    private boolean readAll(TopicLog log) {
        long end = log.readableEndOffset();
        if (applied.isEmpty()) {
            readFrom(log.logStartOffset());
        } else if (isOtherLog(log, end)) {
            LOG.warn("The security log was replaced: all of its records are applied again");
            readFrom(log.logStartOffset());
        }
        applied = Optional.of(log.id());
        if (isStuck) {
            return false;
        }
        if (end <= next) {
            return true;
        }
        try {
            read(log);
            return true;
        } catch (StorageException e) {
            LOG.warn("The security log cannot be read at offset {}: {}", next, e.getMessage());
            return false;
        } catch (IllegalArgumentException e) {
            LOG.error(
                    "The security log holds a record that this release does not know, at offset {}:"
                            + " this node keeps the users and grants of before. Install the release"
                            + " of the other nodes. ({})",
                    next,
                    e.getMessage());
            isStuck = true;
            publish();
            security.loaded();
            loaded.complete(null);
            return false;
        }
    }

    /** Users and grants stay as they are until those of this log are known. */
    private void readFrom(long start) {
        machine = new SecurityStateMachine(start);
        next = start;
        lastEpoch = OptionalInt.empty();
        isStuck = false;
        compaction.reset();
    }

    /** Whether the records that were applied are not those before {@code next} in this log. */
    private boolean isOtherLog(TopicLog log, long end) {
        if (applied.isEmpty()) {
            return false;
        }
        if (!applied.get().equals(log.id()) || end < next || log.logStartOffset() > next) {
            return true;
        }
        if (lastEpoch.isEmpty() || !node.membership().isClustered()) {
            return false;
        }
        EpochEnd epochEnd = log.epochEnd(lastEpoch.getAsInt());
        return epochEnd.epoch() < lastEpoch.getAsInt() || epochEnd.endOffset() < next;
    }

    private void read(TopicLog log) {
        try (LogCursor cursor = log.cursor(next)) {
            while (cursor.next()) {
                RecordBatch batch = cursor.batch();
                RecordCursor records = batch.records(MAX_BATCH_BYTES);
                while (records.next()) {
                    if (records.offset() >= next) {
                        apply(records.toRecord());
                    }
                }
                lastEpoch = OptionalInt.of(batch.epoch());
                compaction.read(batch.sizeInBytes(), machine.newestSnapshot());
            }
        }
        publish();
    }

    /** After all records that could be read, so that no grant holds without a later denial. */
    private void publish() {
        if (!machine.isComplete()) {
            LOG.warn("The security log starts at {} and its snapshot is not there yet", next);
            return;
        }
        security.publish(machine.state());
        outcomes.forEach(Runnable::run);
        outcomes.clear();
    }

    private void apply(StoredRecord stored) {
        byte[] value = stored.value();
        String text = value == null ? "" : new String(value, StandardCharsets.UTF_8);
        SecurityRecord record = SecurityJson.decode(text);
        Optional<Rejection> outcome = machine.apply(stored.offset(), record);
        next = stored.offset() + 1;
        if (machine.isComplete() && !(record.change() instanceof SecurityChange.SnapshotPart)) {
            outcomes.add(() -> security.applied(record.id(), outcome));
        }
    }

    /** Waits for the next record, a wake-up, or a second. */
    private void await(TopicLog log) {
        CompletableFuture<Long> more = waiting;
        if (more == null || more.isDone() || waitingFor != log) {
            endWait();
            try {
                more = log.awaitReadable(next);
            } catch (StorageException e) { // Deleted, or too many readers wait.
                LOG.debug("The security log cannot be waited for: {}", e.toString());
                sleep(RETRY);
                return;
            }
            waiting = more;
            waitingFor = log;
            failures.whenDone(more, (end, ended) -> {
                if (ended == null) { // Else the next look finds out what became of the log.
                    wake();
                }
            });
        }
        sleep(RETRY);
    }

    private void endWait() {
        CompletableFuture<Long> more = waiting;
        if (more != null) {
            more.cancel(false);
            waiting = null;
            waitingFor = null;
        }
    }

    private void sleep(Duration time) {
        try {
            if (wakeUps.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS)) {
                wakeUps.drainPermits();
            }
        } catch (InterruptedException e) { // The thread uses files: it is never interrupted.
            throw new IllegalStateException(e);
        }
    }

    /** Ends the thread; waits for it, since it may use the store. */
    @Override
    public void close() {
        stopped = true;
        wake();
        loaded.complete(null);
        try {
            thread.join(Duration.ofSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
