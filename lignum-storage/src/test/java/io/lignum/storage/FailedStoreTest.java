package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lignum.record.LogRecord;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A store whose thread was ended by an Error: no call hangs, whether it came before or comes later.
 */
@Timeout(60)
class FailedStoreTest {

    @TempDir
    Path directory;

    private final FaultyDisk disk = new FaultyDisk();
    private final AtomicInteger reports = new AtomicInteger();
    private final StoreConfig config = StoreConfig.DEFAULT.toBuilder()
            .maxRecordBytes(4096)
            .maxBatchBytes(8192)
            .maxPendingBytes(8192)
            .listener(new StoreListener() {
                @Override
                public void storeFailed(StorageException cause) {
                    reports.incrementAndGet();
                }
            })
            .build();

    /**
     * Many more threads than the budget of pending bytes permits: most wait for a budget that never
     * comes.
     */
    @Test
    void errorInAForce_endsBlockedAppends_waitersForSpace_andReaders() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        try (LogStore store = LogStore.open(directory, config, disk)) {
            TopicLog log = store.openOrCreate("t");
            CompletableFuture<Long> reader = log.awaitReadable(5);
            disk.fault((call, path) -> {
                if (call == FaultyDisk.Call.FORCE) {
                    await(stuck);
                    throw new InternalError("injected");
                }
            });
            ExecutorService pool = Executors.newFixedThreadPool(12);
            List<Future<StorageException>> appends = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                appends.add(pool.submit(() -> catchThrowableOfType(
                        StorageException.class, () -> log.append(LogRecord.of("x".repeat(2000))))));
            }
            Awaitility.await().until(() -> store.health().isStuck(Duration.ofMillis(200)));
            assertThat(store.health().slowestTopic()).contains("t");
            stuck.countDown();
            for (Future<StorageException> append : appends) {
                assertThat(append.get(20, TimeUnit.SECONDS))
                        .isInstanceOf(StorageException.EngineFailed.class);
            }
            pool.shutdown();
            assertThat(reader).isCompletedExceptionally();
            assertThat(log.awaitReadable(5)).isCompletedExceptionally();
            assertThat(store.status().pendingBytes()).isZero();
            assertThat(store.health().failure()).isPresent();
            assertThat(store.health().sinceWrite()).isZero();
            disk.fault(FaultyDisk.NONE);
        }
        assertThat(reports).hasValue(1);
        LogStore.open(directory, config).close(); // the lock is free
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Without the tick nothing forces what is acknowledged before it is forced. */
    @Test
    void errorInTheTick_endsAcknowledgementsOfUnforcedAppends() {
        try (LogStore store = LogStore.open(directory, config, disk)) {
            TopicLog log =
                    store.createTopic("t", TopicConfig.DEFAULT.withDurability(Durability.INTERVAL));
            TopicLog deleted = store.createTopic("deleted", TopicConfig.DEFAULT);
            log.append(LogRecord.of("before"));
            disk.fault((call, path) -> {
                if (call == FaultyDisk.Call.LIST) {
                    throw new InternalError("injected");
                }
            });
            store.deleteTopic(deleted.name());
            Awaitility.await().until(() -> store.health().failure().isPresent());
            assertThatThrownBy(() -> log.append(LogRecord.of("after")))
                    .isInstanceOf(StorageException.EngineFailed.class);
            assertThatThrownBy(log::flush).isInstanceOf(StorageException.EngineFailed.class);
            assertThat(log.logEndOffset()).isEqualTo(1);
            Awaitility.await()
                    .pollDelay(Duration.ofMillis(300))
                    .until(() -> store.health().sinceTick().toMillis() < 300);
        }
        assertThat(reports).hasValue(1);
    }
}
