package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.Compression;
import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatchBuilder;
import io.lignum.record.RecordHeader;
import io.lignum.record.StoredRecord;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A data directory written by release 0.1, which every later release must open. Never write it
 * again: what a later release writes goes to a directory of its own.
 */
class DataFixtureTest {

    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
    private static final long TIME = 1_700_000_000_000L;

    @TempDir
    Path copy;

    /** One was closed in order, the other is what a kill left. */
    @ParameterizedTest
    @ValueSource(strings = {"data-v1", "data-v1-killed"})
    void dataWrittenByRelease01_isOpened_andReadAsItWasWritten(String name) throws IOException {
        copyTree(FIXTURES.resolve(name), copy);
        try (LogStore store = LogStore.open(copy)) {
            assertThat(store.topics()).extracting(TopicLog::name).containsExactly("events", "old");
            TopicLog log = store.topic("events");
            assertThat(log.logEndOffset()).isEqualTo(26);
            assertThat(log.config().segmentMaxRecords()).isEqualTo(8);
            assertThat(log.segmentCount()).isEqualTo(3);
            assertThat(log.scrub().problems()).isEmpty();
            assertThat(log.epoch()).isEqualTo(5);
            assertThat(log.lastEpoch()).isEqualTo(OptionalInt.of(5));
            assertThat(log.epochEnd(3)).isEqualTo(new EpochEnd(2, 16));
            assertReads(log, 0, 26);
            assertThat(log.offsetAt(TIME + 12)).hasValue(12);
            assertThat(store.topic("old").logStartOffset()).isEqualTo(4);
            assertReads(store.topic("old"), 4, 5);
            assertThat(store.topic("old").config().durability()).isEqualTo(Durability.OS);
            Appended repeated = log.append(
                    List.of(record(14), record(15)),
                    AppendOptions.from(new ProducerStamp(77, (short) 1, 2)));
            assertThat(repeated).isEqualTo(new Appended(14, 2, true));
            assertThat(log.append(record(26))).isEqualTo(26);
        }
    }

    private static void assertReads(TopicLog log, int from, int to) {
        int i = from;
        for (StoredRecord read : log.read(from)) {
            LogRecord written = record(i);
            assertThat(read.offset()).isEqualTo(i++);
            assertThat(read.timestamp()).isEqualTo(written.timestampOr(0));
            assertThat(read.key()).isEqualTo(written.key());
            assertThat(read.value()).isEqualTo(written.value());
            assertThat(read.headers()).hasSameSizeAs(written.headers());
            for (int h = 0; h < read.headers().size(); h++) {
                RecordHeader header = read.headers().get(h);
                assertThat(header.key()).isEqualTo(written.headers().get(h).key());
                assertThat(header.value()).isEqualTo(written.headers().get(h).value());
            }
        }
        assertThat(i).isEqualTo(to);
    }

    private static LogRecord record(int i) {
        byte[] key = i % 3 == 0 ? null : ("key-" + i).getBytes(StandardCharsets.UTF_8);
        byte[] value = ("value " + i + " äöü").getBytes(StandardCharsets.UTF_8);
        return LogRecord.of(key, value)
                .withTimestamp(TIME + i)
                .withHeaders(
                        i % 4 == 0
                                ? List.of(new RecordHeader("n", new byte[] {(byte) i}))
                                : List.of());
    }

    /** What {@link #write()} wrote. */
    @Test
    @EnabledIfSystemProperty(named = "lignum.writeFixture", matches = "true")
    void write() throws IOException {
        Path target = FIXTURES.resolve("data-v1");
        try (LogStore store = LogStore.open(target)) {
            TopicLog log =
                    store.createTopic("events", TopicConfig.DEFAULT.withSegmentMaxRecords(8));
            for (int i = 0; i < 6; i++) {
                log.append(record(i));
            }
            log.append(
                    RecordBatchBuilder.build(batch(6, 9), Compression.ZSTD, TIME),
                    AppendOptions.NONE);
            log.lead(2);
            log.append(
                    RecordBatchBuilder.build(batch(9, 12), Compression.LZ4, TIME),
                    AppendOptions.NONE);
            log.append(batch(12, 14), AppendOptions.from(new ProducerStamp(77, (short) 1, 0)));
            log.append(batch(14, 16), AppendOptions.from(new ProducerStamp(77, (short) 1, 2)));
            log.lead(5);
            log.append(batch(16, 22));
            for (int i = 22; i < 26; i++) {
                log.append(record(i));
            }
            TopicLog old = store.createTopic(
                    "old",
                    TopicConfig.DEFAULT.withDurability(Durability.OS).withSegmentMaxRecords(2));
            for (int i = 0; i < 5; i++) {
                old.append(record(i));
            }
            old.trim(4);
            copyTree(target, FIXTURES.resolve("data-v1-killed"));
        }
        Files.delete(target.resolve("lignum.lock"));
        Files.delete(FIXTURES.resolve("data-v1-killed").resolve("lignum.lock"));
    }

    private static List<LogRecord> batch(int from, int to) {
        List<LogRecord> records = new ArrayList<>();
        for (int i = from; i < to; i++) {
            records.add(record(i));
        }
        return records;
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.sorted().toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
