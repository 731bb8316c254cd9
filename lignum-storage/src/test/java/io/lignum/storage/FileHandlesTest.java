package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import io.lignum.record.LogRecord;
import io.lignum.storage.env.BoundedWait;
import io.lignum.storage.env.TooManyOpenFilesException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Without a free file handle what needs one is refused, definitely, and done once there is one
 * again.
 */
final class FileHandlesTest {

    static final Set<FaultyDisk.Call> OPENING =
            Set.of(FaultyDisk.Call.OPEN, FaultyDisk.Call.CREATE, FaultyDisk.Call.FORCE_DIRECTORY);

    @TempDir
    Path directory;

    private final FaultyDisk disk = new FaultyDisk();

    private static void refuse(FaultyDisk.Call call, Path path) throws IOException {
        if (OPENING.contains(call)) {
            throw new TooManyOpenFilesException("no file handle is free for " + path);
        }
    }

    private LogStore open() {
        return LogStore.open(directory, StoreConfig.DEFAULT, disk);
    }

    static void assertRefused(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        StorageException.Overloaded.class,
                        e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED))
                .hasMessageContaining("no file handle is free");
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void rollingWithoutAHandle_isRefused_andGoesOnOnceThereIsOne(Durability durability) {
        TopicConfig ten = TopicConfig.DEFAULT.withDurability(durability).withSegmentMaxRecords(10);
        try (LogStore store = open()) {
            TopicLog log = store.createTopic("t", ten);
            for (int i = 0; i < 12; i++) {
                log.append(LogRecord.of("r" + i));
            }
            log.flush();
            disk.fault(FileHandlesTest::refuse);
            for (int i = 12; i < 20; i++) { // The file is open.
                log.append(LogRecord.of("r" + i));
            }
            assertRefused(() -> log.append(LogRecord.of("refused")));
            assertRefused(() -> log.append(LogRecord.of("refused")));
            disk.fault(FaultyDisk.NONE);
            assertThat(log.append(LogRecord.of("r20"))).isEqualTo(20);
        }
        assertHolds(open(), 21);
    }

    /** Topic t of the store has these records, and is whole. Closes the store. */
    static void assertHolds(LogStore opened, int records) {
        try (LogStore store = opened) {
            List<String> texts = LogStoreTest.texts(store.topic("t"));
            for (int i = 0; i < records; i++) {
                assertThat(texts.get(i)).isEqualTo("r" + i);
            }
            assertThat(texts).hasSize(records);
            assertThat(store.topic("t").scrub().problems()).isEmpty();
            assertThat(store.topic("t").damage()).isNull();
        }
    }

    @Test
    void readingCreatingAndOpeningWithoutAHandle_areRefused() {
        StoreConfig few = StoreConfig.DEFAULT.toBuilder().maxOpenFiles(16).build();
        LogStore store = LogStore.open(directory, few, disk);
        TopicLog log = store.createTopic("t", TopicConfig.DEFAULT.withSegmentMaxRecords(1));
        for (int i = 0; i < 40; i++) {
            log.append(LogRecord.of("r" + i));
        }
        disk.fault(FileHandlesTest::refuse);
        try (LogCursor cursor = log.cursor(0)) {
            assertRefused(cursor::next);
            assertRefused(() -> store.createTopic("u", TopicConfig.DEFAULT));
            disk.fault(FaultyDisk.NONE);
            assertThat(cursor.next()).isTrue();
        }
        store.createTopic("u", TopicConfig.DEFAULT).append(LogRecord.of("x"));
        store.close();
        disk.fault(FileHandlesTest::refuse);
        assertRefused(this::open);
        disk.fault(FaultyDisk.NONE);
        assertHolds(open(), 40);
    }

    /** One opening of a renewal after the other is refused, and tried again by the store's tick. */
    @Test
    void shortageAtEachOpeningOfARenewal_delaysIt() throws Exception {
        int opening = 1;
        while (renewalMeets(opening)) {
            opening++;
        }
        assertThat(opening).isGreaterThan(5);
    }

    private boolean renewalMeets(int nth) throws Exception {
        AtomicInteger openings = new AtomicInteger();
        String name = "t" + nth;
        try (LogStore store = open()) {
            TopicLog log = store.createTopic(name, TopicConfig.DEFAULT);
            log.append(LogRecord.of("old"));
            disk.fault((call, path) -> {
                if (OPENING.contains(call) && openings.incrementAndGet() == nth) {
                    throw new TooManyOpenFilesException("no file handle is free for " + path);
                }
            });
            TopicLog renewed = store.renewTopicAsync(log).get(10, TimeUnit.SECONDS);
            disk.fault(FaultyDisk.NONE);
            assertThat(store.topic(name)).isSameAs(renewed);
            assertThat(renewed.append(LogRecord.of("new"))).isZero();
            Path side = directory.resolve("divergent").resolve(log.id().toString());
            assertThat(side.resolve("quarantined-1")).isDirectory();
            assertThat(side.resolve("quarantined-2")).doesNotExist();
        }
        try (LogStore store = open()) {
            assertThat(LogStoreTest.texts(store.topic(name))).containsExactly("new");
        }
        return openings.get() >= nth;
    }

    /**
     * One opening of a workload after the other is refused: what was acknowledged is there, and
     * nothing else.
     */
    @ParameterizedTest
    @EnumSource(names = {"ALWAYS", "INTERVAL"})
    void shortageAtEachOpening_losesNothing_andStopsNoLog(Durability durability) {
        int opening = 1;
        while (workloadMeets(durability, opening)) {
            opening++;
        }
        assertThat(opening).isGreaterThan(10);
    }

    private boolean workloadMeets(Durability durability, int nth) {
        TopicConfig three = TopicConfig.DEFAULT.withDurability(durability).withSegmentMaxRecords(3);
        AtomicInteger openings = new AtomicInteger();
        List<String> acknowledged = new ArrayList<>();
        String name = "t" + nth;
        try (LogStore store = open()) {
            TopicLog log = store.createTopic(name, three);
            disk.fault((call, path) -> {
                if (OPENING.contains(call) && openings.incrementAndGet() == nth) {
                    throw new TooManyOpenFilesException("no file handle is free for " + path);
                }
            });
            for (int i = 0; i < 9; i++) {
                String text = nth + "-" + i;
                orRefused(() -> {
                    log.append(LogRecord.of(text));
                    acknowledged.add(text);
                });
                if (i == 4) {
                    orRefused(log::flush);
                    orRefused(log::sealActive);
                    orRefused(() -> log.admin().checkpoint().join());
                }
            }
            disk.fault(FaultyDisk.NONE);
            log.append(LogRecord.of("last"));
            acknowledged.add("last");
            log.flush();
            assertThat(LogStoreTest.texts(log)).isEqualTo(acknowledged);
        }
        try (LogStore store = open()) {
            assertThat(LogStoreTest.texts(store.topic(name))).isEqualTo(acknowledged);
            assertThat(store.topic(name).damage()).isNull();
            store.deleteTopic(name);
        }
        return openings.get() >= nth;
    }

    @Test
    void deletionWithoutAHandle_isRefused_andTheTopicIsAsBefore() {
        try (LogStore store = open()) {
            TopicLog log = store.createTopic("t", TopicConfig.DEFAULT);
            log.append(LogRecord.of("r0"));
            disk.fault(FileHandlesTest::refuse);
            assertRefused(() -> store.deleteTopic("t"));
            assertThat(store.topic("t")).isSameAs(log);
            disk.fault(FaultyDisk.NONE);
            assertThat(log.append(LogRecord.of("r1"))).isEqualTo(1);
        }
        assertHolds(open(), 2);
    }

    @Test
    void deletionThatLosesTheHandles_failsWithOutcomeUnknown_andIsDoneOnceThereIsOne() {
        try (LogStore store = open()) {
            store.createTopic("t", TopicConfig.DEFAULT).append(LogRecord.of("old"));
            AtomicInteger openings = new AtomicInteger();
            disk.fault((call, path) -> {
                if (openings.incrementAndGet() > 1) {
                    refuse(call, path);
                }
            });
            assertThat(store.deleteTopicAsync("t"))
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .havingCause()
                    .withMessageContaining("topic t is removed from the disk later")
                    .isInstanceOfSatisfying(
                            StorageException.Overloaded.class,
                            e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
            assertThat(store.findTopic("t")).isEmpty();
            assertThat(isCreated(store)).isFalse();
            disk.fault(FaultyDisk.NONE);
            long started = System.nanoTime();
            assertThat(BoundedWait.until(
                            () -> isCreated(store),
                            () -> System.nanoTime() - started > TimeUnit.SECONDS.toNanos(30)))
                    .isTrue();
            store.topic("t").append(LogRecord.of("new"));
        }
        try (LogStore store = open()) {
            assertThat(LogStoreTest.texts(store.topic("t"))).containsExactly("new");
        }
    }

    private static boolean isCreated(LogStore store) {
        try {
            store.createTopic("t", TopicConfig.DEFAULT);
            return true;
        } catch (StorageException.TopicExists deleting) {
            return false;
        }
    }

    /** The log is closed by then, so the deletion goes on once there is a handle. */
    @Test
    void deletionThatMayWait_isDoneOnceThereIsAHandle_andThenTheNameIsFree() throws Exception {
        try (LogStore store = open()) {
            store.createTopic("t", TopicConfig.DEFAULT).append(LogRecord.of("old"));
            disk.fault(FileHandlesTest::refuse);
            CompletableFuture<Void> deleted = store.deleteTopicEventually("t");
            assertThatThrownBy(() -> deleted.get(300, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
            assertThat(store.findTopic("t")).isEmpty();
            disk.fault(FaultyDisk.NONE);
            deleted.get(10, TimeUnit.SECONDS);
            store.createTopic("t", TopicConfig.DEFAULT).append(LogRecord.of("new"));
        }
        try (LogStore store = open()) {
            assertThat(LogStoreTest.texts(store.topic("t"))).containsExactly("new");
        }
    }

    @Test
    void storeClosedWhileADeletionWaitsForAHandle_saysThatTheDeletionFailed() {
        CompletableFuture<Void> deleted;
        try (LogStore store = open()) {
            store.createTopic("t", TopicConfig.DEFAULT).append(LogRecord.of("old"));
            disk.fault(FileHandlesTest::refuse);
            deleted = store.deleteTopicEventually("t");
        }
        assertThat(deleted)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withCauseInstanceOf(StorageException.Closed.class);
        disk.fault(FaultyDisk.NONE);
    }

    private static void orRefused(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            Throwable cause = e instanceof StorageException ? e : e.getCause();
            assertThat(cause)
                    .isInstanceOfSatisfying(
                            StorageException.Overloaded.class,
                            refused ->
                                    assertThat(refused.outcome()).isEqualTo(Outcome.NOT_APPLIED));
        }
    }

    /** Each pass of the background work fails, ten times a second. */
    @Test
    void shortageThatLasts_isLoggedOnceAMinute() throws InterruptedException {
        Logger logger = (Logger) LoggerFactory.getLogger(StoreTick.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        CountDownLatch passes = new CountDownLatch(3);
        try (LogStore store = open()) {
            store.createTopic("t", TopicConfig.DEFAULT);
            disk.fault((call, path) -> {
                if (call == FaultyDisk.Call.LIST && path.endsWith("trash")) {
                    passes.countDown();
                    throw new TooManyOpenFilesException("no file handle is free for " + path);
                }
            });
            store.deleteTopic("t");
            assertThat(passes.await(30, TimeUnit.SECONDS)).isTrue();
            disk.fault(FaultyDisk.NONE);
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list)
                .filteredOn(line -> line.getLevel() == Level.WARN)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .startsWith("background work was put off: no file handle is free for ");
    }
}
