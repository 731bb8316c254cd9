package io.lignum.server.service;

import io.lignum.access.state.SecurityChange.SnapshotPart;
import io.lignum.access.state.SecurityJson;
import io.lignum.access.state.SecurityRecord;
import io.lignum.access.state.SecuritySnapshot;
import io.lignum.access.state.SecurityState;
import io.lignum.cluster.ClusterException;
import io.lignum.cluster.ClusterStatus;
import io.lignum.record.LogRecord;
import io.lignum.record.Utf8;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Keeps the security log short: appends a snapshot when the log has grown by {@link #MIN_GROWTH},
 * or by {@link #GROWTH_FACTOR} times the size of the state if that is more, and trims the log up to
 * the newest complete snapshot. Only the leader does so, and a standalone node.
 *
 * <p>Every node may become the leader with an unfinished snapshot or an overdue trim in its log: it
 * goes by what it has read from the log and not by what it has appended. After a failure it starts
 * again, with a pause that doubles. The {@link SecurityFollower}'s thread only, which a completed
 * call wakes up.
 */
final class SecurityCompaction {

    private static final Logger LOG = LoggerFactory.getLogger(SecurityCompaction.class);

    static final long MIN_GROWTH = 1 << 20;
    static final long GROWTH_FACTOR = 4;

    private static final int MAX_PART_BYTES = 16 << 10;
    private static final int MAX_BATCH_BYTES = 1 << 20;
    private static final int RECORD_OVERHEAD_BYTES = 64;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private final NodeState.Opened node;
    private final RequestFailures failures;
    private final Runnable wake;

    private long grownBytes;
    private long threshold = MIN_GROWTH;
    private OptionalLong newest = OptionalLong.empty();
    private OptionalLong trimmed = OptionalLong.empty();
    private @Nullable Snapshot writing;
    private @Nullable CompletableFuture<?> call;
    private Duration pause = FIRST_PAUSE;
    private long nextNanos = System.nanoTime();

    /** A snapshot that this node is appending. */
    private record Snapshot(String id, ArrayDeque<SnapshotPart> rest) {}

    /** @param wake called when {@link #run} should be called again */
    SecurityCompaction(NodeState.Opened node, RequestFailures failures, Runnable wake) {
        this.node = node;
        this.failures = failures;
        this.wake = wake;
    }

    /** The log is read from its start again. */
    void reset() {
        grownBytes = 0;
        newest = OptionalLong.empty();
        trimmed = OptionalLong.empty();
        writing = null; // It is of the log before.
    }

    /**
     * A batch was read and applied.
     *
     * @param newestSnapshot of the state machine
     */
    void read(long batchBytes, OptionalLong newestSnapshot) {
        grownBytes += batchBytes;
        if (!newest.equals(newestSnapshot)) {
            newest = newestSnapshot;
            grownBytes = 0;
        }
    }

    /**
     * Does the next step, if there is one.
     *
     * @param state of all that is readable; its version is the end of that
     */
    void run(TopicLog log, SecurityState state) {
        CompletableFuture<?> running = call;
        if (running != null) {
            if (!running.isDone()) {
                return;
            }
            call = null;
            ended(running);
        }
        if (!isWriter()) {
            writing = null;
        } else if (System.nanoTime() - nextNanos >= 0) {
            step(log, state);
        }
    }

    private boolean isWriter() {
        return !node.membership().isClustered()
                || node.membership().status().role() == ClusterStatus.Role.LEADER;
    }

    private void ended(CompletableFuture<?> done) {
        if (!done.isCompletedExceptionally()) {
            pause = FIRST_PAUSE;
            return;
        }
        done.exceptionally(why -> {
            LOG.warn(
                    "The security log is not compacted, next attempt in {} s: {}",
                    pause.toSeconds(),
                    ServiceException.of(why).getMessage());
            return null;
        });
        writing = null;
        trimmed = OptionalLong.empty();
        nextNanos = System.nanoTime() + pause.toNanos();
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
                ? LONGEST_PAUSE
                : pause.multipliedBy(2);
    }

    private void step(TopicLog log, SecurityState state) {
        if (isTrimDue(log)) {
            long start = newest.getAsLong();
            trimmed = newest;
            start(() -> node.writes().trimTopic(log, start));
            return;
        }
        if (writing == null && grownBytes >= threshold) {
            begin(state);
        }
        Snapshot snapshot = writing;
        if (snapshot != null) {
            List<LogRecord> batch = nextBatch(snapshot);
            if (snapshot.rest().isEmpty()) {
                writing = null;
            }
            start(() -> node.writes().appendInternal(SecurityLog.TOPIC, batch));
        }
    }

    private boolean isTrimDue(TopicLog log) {
        return newest.isPresent()
                && newest.getAsLong() > log.logStartOffset()
                && !trimmed.equals(newest);
    }

    private void begin(SecurityState state) {
        int partBytes = Math.min(MAX_PART_BYTES, node.store().config().maxRecordBytes() / 2);
        SecuritySnapshot snapshot = SecuritySnapshot.of(state, partBytes);
        threshold = Math.max(MIN_GROWTH, GROWTH_FACTOR * snapshot.sizeInBytes());
        if (grownBytes >= threshold) {
            grownBytes = 0; // If the snapshot fails, the next one follows after as much growth.
            String id = UUID.randomUUID().toString();
            writing = new Snapshot(id, new ArrayDeque<>(snapshot.parts()));
            LOG.debug("Writing a snapshot of the security log up to {}", state.version());
        }
    }

    private List<LogRecord> nextBatch(Snapshot snapshot) {
        int maxBytes = Math.min(MAX_BATCH_BYTES, node.store().config().maxBatchBytes() / 2);
        long now = System.currentTimeMillis();
        List<LogRecord> batch = new ArrayList<>();
        long bytes = 0;
        while (!snapshot.rest().isEmpty() && (batch.isEmpty() || bytes < maxBytes)) {
            SnapshotPart part = snapshot.rest().peekFirst();
            byte[] json = Utf8.encode(
                    SecurityJson.encode(new SecurityRecord(snapshot.id(), "node", now, part)));
            bytes += json.length + RECORD_OVERHEAD_BYTES;
            if (!batch.isEmpty() && bytes > maxBytes) {
                break;
            }
            batch.add(LogRecord.of(null, json));
            snapshot.rest().removeFirst();
        }
        return batch;
    }

    private void start(Supplier<CompletableFuture<?>> step) {
        CompletableFuture<?> started;
        try {
            started = step.get();
        } catch (StorageException | ServiceException | ClusterException e) {
            started = CompletableFuture.failedFuture(e);
        }
        call = started;
        failures.whenDone(started, (done, error) -> wake.run());
    }
}
