package io.lignum.storage;

import io.lignum.record.IoErrors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/**
 * Does the periodic work of a store. Each kind of work has its own interval, and each pass has a
 * bound. Work on a log is queued to the log's writer, so a pass never waits for a disk for long.
 *
 * <p>One thread at a time; see {@link LogStore#tick}.
 */
final class StoreTick {

    private static final Logger LOG = LoggerFactory.getLogger(StoreTick.class);

    private static final long SPACE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long UPKEEP_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long RETRASH_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long WARNING_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int TRASH_FILES_A_TICK = 200;
    private static final int CHECKPOINTS_A_ROUND = 200;

    private final StoreShared store;
    private final DataDirectory directory;
    private final TopicDeletions deletions;
    private final TopicRenewals renewals;
    private final Collection<TopicLog> logs;
    private final Pace space;
    private final Pace flush;
    private final Pace upkeep;
    private final Progress progress;
    private final Pace retrash;
    private final Pace warning;
    private boolean trash = true;

    StoreTick(
            StoreShared store,
            DataDirectory directory,
            TopicDeletions deletions,
            TopicRenewals renewals,
            Collection<TopicLog> logs) {
        this.store = store;
        this.directory = directory;
        this.deletions = deletions;
        this.renewals = renewals;
        this.logs = logs;
        progress = new Progress(store.clock());
        long now = store.clock().monotonicNanos();
        space = new Pace(SPACE_NANOS, now);
        flush = new Pace(flushNanos(store.config().flushInterval()), now);
        upkeep = new Pace(UPKEEP_NANOS, now);
        retrash = new Pace(RETRASH_NANOS, now);
        warning = new Pace(WARNING_NANOS, now - WARNING_NANOS);
    }

    /** Half the interval, so that no append waits longer than the interval. */
    private static long flushNanos(Duration interval) {
        return interval.toNanos() / 2;
    }

    /** When a pass last began or ended. */
    Progress progress() {
        return progress;
    }

    /**
     * Runs a pass. A bug or an Error ends the store: without passes, appends that are acknowledged
     * first would never be forced.
     */
    void run() {
        progress.move();
        try {
            if (!store.hasFailed()) {
                pass(store.clock().monotonicNanos());
            }
        } catch (RuntimeException | Error e) {
            store.failure().fail("background work failed", e);
            throw e;
        } finally {
            progress.move();
        }
    }

    private void pass(long now) {
        try {
            if (space.isDue(now)) {
                if (!directory.isInPlace()) {
                    directoryLost();
                    return;
                }
                store.space().look();
            }
            if (flush.isDue(now)) {
                logs.forEach(this::flush);
            }
            if (upkeep.isDue(now)) {
                upkeep();
            }
            if (retrash.isDue(now)) {
                directory.trash().retry();
                trash = true;
            }
            deletions.retry();
            renewals.retry();
            trash |= deletions.hasFilledTrash();
            if (trash) {
                trash = directory.trash().empty(TRASH_FILES_A_TICK);
            }
        } catch (IOException e) {
            putOff(e, now);
        } catch (StorageException e) {
            LOG.debug("background work found a log that is being closed: {}", e.toString());
        }
    }

    /** Ends the store: appends would go to files that are not found again. */
    private void directoryLost() {
        store.failure()
                .fail(
                        "data directory " + directory.root().toAbsolutePath(),
                        new IOException("it was moved, deleted or replaced while it was open"));
    }

    /** Each pass meets a shortage again, ten times a second: one line a minute is enough. */
    private void putOff(IOException e, long now) {
        if (warning.isDue(now)) {
            LOG.warn("background work was put off: {}", IoErrors.describe(e));
        } else {
            LOG.debug("background work was put off again: {}", IoErrors.describe(e));
        }
    }

    private void flush(TopicLog log) {
        LogState state = log.state();
        if (log.config().durability() == Durability.INTERVAL
                && state.flushedEnd() < state.writtenEnd()) {
            log.admin().flushLater();
        }
    }

    private void upkeep() throws IOException {
        int checkpoints = 0;
        for (TopicLog log : logs) {
            Retention retention = new Retention(
                    log.config(), log.state(), store.disk(), store.clock().wallMillis());
            if (retention.activeIsOld()) {
                log.admin().sealLater();
            }
            if (log.state().flushedEnd() < log.state().segments().last().baseOffset()) {
                log.admin().continueSealing();
            }
            log.admin().expireProducers();
            retention.newStart().ifPresent(log.admin()::trimLater);
            if (!log.state().isCheckpointed()
                    && log.admin().wasIdleSinceLastLook()
                    && checkpoints < CHECKPOINTS_A_ROUND) {
                checkpoints++;
                log.admin().checkpointLater();
            }
        }
    }

    /** Says when periodic work is due. */
    private static final class Pace {
        private final long intervalNanos;
        private long next;

        Pace(long intervalNanos, long now) {
            this.intervalNanos = intervalNanos;
            next = now + intervalNanos;
        }

        boolean isDue(long now) {
            if (now - next < 0) {
                return false;
            }
            next = now + intervalNanos;
            return true;
        }
    }
}
