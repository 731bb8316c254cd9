package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.LogRecord;
import io.lignum.storage.env.TooManyOpenFilesException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Without a free file handle a truncation, a trim or another start of a log is refused; what the
 * error says is still true after the next start, and the call can be repeated.
 */
final class FileHandlesInCutsTest {

    @TempDir
    Path directory;

    private final FaultyDisk disk = new FaultyDisk();

    private LogStore open() {
        return LogStore.open(directory, StoreConfig.DEFAULT, disk);
    }

    private interface Change {
        void make(TopicLog log);
    }

    private boolean isRefusedOnce(int nth, Change change, List<String> before, List<String> after) {
        String name = "t" + nth;
        TopicConfig three = TopicConfig.DEFAULT.withSegmentMaxRecords(3);
        AtomicInteger openings = new AtomicInteger();
        Outcome outcome = null;
        try (LogStore store = open()) {
            TopicLog log = store.createTopic(name, three);
            for (int i = 0; i < 10; i++) {
                log.append(LogRecord.of("r" + i));
            }
            disk.fault((call, path) -> {
                if (FileHandlesTest.OPENING.contains(call) && openings.incrementAndGet() >= nth) {
                    throw new TooManyOpenFilesException("no file handle is free for " + path);
                }
            });
            try {
                change.make(log);
            } catch (StorageException e) {
                assertThat(e).as("opening " + nth).isInstanceOf(StorageException.Overloaded.class);
                outcome = e.outcome();
            }
            assertThat(store.health().failure()).as("opening " + nth).isEmpty();
            disk.fault(FaultyDisk.NONE);
        }
        try (LogStore store = open()) {
            TopicLog log = store.topic(name);
            List<String> texts = LogStoreTest.texts(log);
            if (outcome == Outcome.NOT_APPLIED) {
                assertThat(texts).as("opening " + nth).isEqualTo(before);
            } else if (outcome == null) {
                assertThat(texts).as("opening " + nth).isEqualTo(after);
            }
            change.make(log);
            log.append(LogRecord.of("goes on"));
            List<String> all = new ArrayList<>(after);
            all.add("goes on");
            assertThat(LogStoreTest.texts(log)).as("opening " + nth).isEqualTo(all);
            assertThat(log.scrub().problems()).isEmpty();
        }
        try (LogStore store = open()) {
            assertThat(store.topic(name).damage()).isNull();
            store.deleteTopic(name);
        }
        return outcome != null;
    }

    private static List<String> records(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "r" + i).toList();
    }

    private void tryEachOpening(Change change, List<String> after) {
        int nth = 1;
        while (isRefusedOnce(nth, change, records(0, 10), after)) {
            nth++;
        }
        assertThat(nth).isGreaterThan(2);
    }

    @Test
    void shortageAtEachOpeningOfATruncation_isRefused_andStopsNoLog() {
        tryEachOpening(log -> log.truncate(4), records(0, 4));
    }

    @Test
    void shortageAtEachOpeningOfATruncationWithinTheLastSegment_isRefused_andStopsNoLog() {
        tryEachOpening(log -> log.truncate(9), records(0, 9));
    }

    @Test
    void shortageAtEachOpeningOfAnotherStartAbove_isRefused_andStopsNoLog() {
        tryEachOpening(log -> log.startAt(50), List.of());
    }

    @Test
    void shortageAtEachOpeningOfAnotherStartBelow_isRefused_andStopsNoLog() {
        tryEachOpening(log -> log.startAt(4), List.of());
    }

    @Test
    void shortageAtEachOpeningOfATrim_isRefused_withWhatIsTrueAfterTheNextStart() {
        tryEachOpening(log -> log.trim(7), records(7, 10));
    }

    /**
     * The log was cut when there were no handles left, and is taken up where it was left once there
     * are some again.
     */
    @Test
    void truncationThatLackedAHandleAtItsEnd_isFinishedByTheNextAppend() {
        try (LogStore store = open()) {
            TopicLog log = store.createTopic("t", TopicConfig.DEFAULT.withSegmentMaxRecords(3));
            for (int i = 0; i < 10; i++) {
                log.append(LogRecord.of("r" + i));
            }
            log.flush();
            disk.fault((call, path) -> {
                if (call == FaultyDisk.Call.OPEN && path.toString().endsWith("03.qwal")) {
                    throw new TooManyOpenFilesException("no file handle is free for " + path);
                }
            });
            assertThatThrownBy(() -> log.truncate(4))
                    .isInstanceOfSatisfying(
                            StorageException.Overloaded.class,
                            e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
            FileHandlesTest.assertRefused(() -> log.append(LogRecord.of("r4")));
            FileHandlesTest.assertRefused(log::flush);
            assertThat(log.logEndOffset()).isEqualTo(4);
            disk.fault(FaultyDisk.NONE);
            assertThat(log.append(LogRecord.of("r4"))).isEqualTo(4);
        }
        FileHandlesTest.assertHolds(open(), 5);
    }
}
