package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.LogRecord;
import io.lignum.record.RecordCursor;
import io.lignum.storage.Finding.Kind;
import io.lignum.storage.internal.segment.Crc;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Data of release 0.1, intact, and damaged in each way that the inspector distinguishes. */
class LogInspectorTest {

    private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
    private static final String SEALED_9 = "00000000000000000009.log";
    private static final String ACTIVE_22 = "00000000000000000022.qwal";

    @TempDir
    Path data;

    private Path events = Path.of("");

    private void copy(String fixture) throws IOException {
        try (Stream<Path> files = Files.walk(FIXTURES.resolve(fixture))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target =
                        data.resolve(FIXTURES.resolve(fixture).relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        events = data.resolve("b84d1266-e7ae-49d7-9e91-42ddac15d4aa");
    }

    private static TopicInspector topic(Path target) {
        return LogInspector.of(target).topics().get(0);
    }

    private List<Finding> verify() {
        return topic(events).verify(false, bytes -> {}).findings();
    }

    private void assertFound(Kind kind, String file, String words) {
        assertThat(verify()).singleElement().satisfies(found -> {
            assertThat(found.kind()).isEqualTo(kind);
            assertThat(found.file().getFileName()).hasToString(file);
            assertThat(found.what()).contains(words);
        });
    }

    private void flip(String name, long position) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(events.resolve(name).toFile(), "rw")) {
            file.seek(position);
            int old = file.read();
            file.seek(position);
            file.write(old ^ 1);
        }
    }

    private void cut(String name, int bytes) throws IOException {
        byte[] whole = Files.readAllBytes(events.resolve(name));
        Files.write(events.resolve(name), java.util.Arrays.copyOf(whole, whole.length - bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"data-v1", "data-v1-killed"})
    void soundData_hasNoFindings_andIsLeftByteForByte(String fixture) throws IOException {
        copy(fixture);
        Map<Path, ByteBuffer> before = contents();
        LogInspector inspector = LogInspector.of(data);
        assertThat(inspector.findings()).isEmpty();
        assertThat(inspector.holder()).isEmpty();
        assertThat(inspector.topics())
                .extracting(TopicInspector::name)
                .containsExactly("events", "old");
        long[] seen = new long[1];
        InspectionReport report =
                inspector.topics().get(0).verify(false, bytes -> seen[0] += bytes);
        assertThat(report.findings()).isEmpty();
        assertThat(report.records()).isEqualTo(26);
        assertThat(report.segments()).isEqualTo(3);
        assertThat(report.endOffset()).isEqualTo(26);
        assertThat(report.bytes()).isEqualTo(seen[0]);
        assertThat(inspector.topics().get(1).verify(false, bytes -> {}).findings())
                .isEmpty();
        assertThat(inspector.wasOpenedMeanwhile()).isFalse();
        assertThat(contents()).isEqualTo(before);
    }

    private Map<Path, ByteBuffer> contents() throws IOException {
        Map<Path, ByteBuffer> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file, ByteBuffer.wrap(Files.readAllBytes(file)));
            }
        }
        return contents;
    }

    @Test
    void bitFlippedInSealedSegment_isCorruption_andTheNextSegmentsAreStillShown()
            throws IOException {
        copy("data-v1");
        flip(SEALED_9, 100);
        assertFound(Kind.CORRUPTION, SEALED_9, "checksum");
        assertThat(offsets(0, Long.MAX_VALUE))
                .startsWith(0L, 1L)
                .doesNotContain(9L)
                .endsWith(25L);
    }

    @Test
    void everyByteOfASealedSegment_isChecked() throws IOException {
        copy("data-v1");
        for (long at = 0; at < Files.size(events.resolve(SEALED_9)); at += 7) {
            flip(SEALED_9, at);
            assertThat(verify()).as("byte %d", at).isNotEmpty();
            flip(SEALED_9, at);
        }
        assertThat(verify()).isEmpty();
    }

    @Test
    void endMissingAboveTheCheckpoint_isATornTail_belowIsCorruption() throws IOException {
        copy("data-v1-killed");
        cut(ACTIVE_22, 0);
        byte[] content = Files.readAllBytes(events.resolve(ACTIVE_22));
        int end = content.length;
        while (content[end - 1] == 0) {
            end--;
        }
        cut(ACTIVE_22, content.length - end + 3);
        assertFound(Kind.TORN_TAIL, ACTIVE_22, "unfinished write");
        copyAgain("data-v1");
        cut(ACTIVE_22, 3);
        assertFound(Kind.CORRUPTION, ACTIVE_22, "ends inside a batch");
    }

    private void copyAgain(String fixture) throws IOException {
        for (Path file : contents().keySet()) {
            Files.delete(file);
        }
        copy(fixture);
    }

    @Test
    void batchOfALaterVersion_isUnsupported() throws IOException {
        copy("data-v1-killed");
        flip(ACTIVE_22, 16);
        assertFound(Kind.UNSUPPORTED_VERSION, ACTIVE_22, "version 3");
    }

    @Test
    void sideFilesThatDisagree_areNamed() throws IOException {
        copy("data-v1");
        flip("segments", 20);
        assertFound(Kind.CORRUPTION, "segments", "damaged");
        flip("segments", 20);
        flip("checkpoint", 30);
        assertFound(Kind.CORRUPTION, "checkpoint", "scanned whole");
        flip("checkpoint", 30);
        Files.delete(events.resolve(SEALED_9));
        assertFound(Kind.CORRUPTION, ACTIVE_22, "records 9..21 before it are missing");
        Files.write(events.resolve("topic.meta"), new byte[] {'x'});
        assertThat(LogInspector.of(data).findings())
                .extracting(Finding::kind)
                .containsExactly(Kind.CORRUPTION);
    }

    @Test
    void swappedBatchesOfTheSameLengths_areCorruption() throws IOException {
        copy("data-v1");
        List<long[]> batches = new ArrayList<>();
        topic(events).visit(0, 9, false, (batch, file, position) -> {
            batches.add(new long[] {position, batch.sizeInBytes()});
            return true;
        });
        assertThat(batches).hasSizeGreaterThan(2);
        flip(
                "00000000000000000000.log",
                batches.get(1)[0] + 7); // the base offset, no CRC covers it
        assertFound(Kind.CORRUPTION, "00000000000000000000.log", "contradicts");
    }

    @Test
    void indexThatContradictsItsSegment_isNoDamage_andABrokenOneNeedsNothing() throws IOException {
        try (LogStore store = LogStore.open(data)) {
            TopicLog log = store.createTopic("t", TopicConfig.DEFAULT);
            for (int i = 0; i < 100; i++) {
                log.append(LogRecord.of(new byte[1000]));
            }
            events = log.state().directory();
        }
        Path index;
        try (Stream<Path> files = Files.list(events)) {
            index = files.filter(file -> file.toString().endsWith(".index"))
                    .findFirst()
                    .orElseThrow();
        }
        assertThat(verify()).isEmpty();
        String name = index.getFileName().toString();
        flip(name, 11);
        assertFound(Kind.NOTE, name, "built again");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(index));
        bytes.putInt(bytes.limit() - 4, Crc.of(bytes, 0, bytes.limit() - 4));
        Files.write(index, bytes.array());
        assertFound(Kind.WRONG_INDEX, name, "does not fit its segment; delete it");
    }

    @Test
    void directoryInUse_saysByWhom_andSealedSegmentsCanBeRead() throws IOException {
        copy("data-v1");
        LogInspector before = LogInspector.of(data);
        try (LogStore store = LogStore.open(data)) {
            LogInspector inspector = LogInspector.of(data);
            assertThat(inspector.holder())
                    .hasValue("process " + ProcessHandle.current().pid());
            assertThat(LogInspector.of(events).holder()).isPresent();
            InspectionReport report = inspector.topics().get(0).verify(true, bytes -> {});
            assertThat(report.segments()).isEqualTo(2);
            assertThat(report.findings()).isEmpty();
            assertThatThrownBy(() -> LogStore.open(data))
                    .isInstanceOf(StorageException.DirectoryLocked.class);
            assertThat(inspector.holder()).as("the look did not end the lock").isPresent();
            assertThat(store.topics()).hasSize(2);
        }
        assertThat(before.holder()).isEmpty();
        assertThat(before.wasOpenedMeanwhile()).isTrue();
    }

    @Test
    void rangesOfOffsets_areShownFromTheBatchThatHoldsTheFirst() throws IOException {
        copy("data-v1");
        assertThat(offsets(7, 8)).containsExactly(6L, 7L, 8L);
        assertThat(offsets(26, 30)).isEmpty();
    }

    private List<Long> offsets(long from, long to) throws IOException {
        List<Long> offsets = new ArrayList<>();
        topic(events).visit(from, to, false, (batch, file, position) -> {
            RecordCursor records = batch.records();
            while (records.next()) {
                offsets.add(records.offset());
            }
            return true;
        });
        return offsets;
    }

    @Test
    void oneFile_isCheckedAlone_andWhatIsNoDataIsRefused() throws IOException {
        copy("data-v1");
        InspectionReport one = topic(events.resolve(SEALED_9)).verify(false, bytes -> {});
        assertThat(one.findings()).isEmpty();
        assertThat(one.startOffset()).isEqualTo(9);
        assertThat(one.endOffset()).isEqualTo(22);
        Path foreign = Files.createDirectory(data.resolve("foreign"));
        Files.write(foreign.resolve("some.log"), new byte[] {1});
        assertThatThrownBy(() -> LogInspector.of(foreign))
                .isInstanceOf(StorageException.ForeignDirectory.class);
        assertThatThrownBy(() -> LogInspector.of(data.resolve("nowhere")))
                .isInstanceOf(StorageException.DiskFailed.class);
    }
}
