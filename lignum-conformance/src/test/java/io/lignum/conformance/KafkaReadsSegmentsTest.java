package io.lignum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.conformance.KafkaDump.FileDump;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordHeader;
import io.lignum.record.StoredRecord;
import io.lignum.storage.LogCursor;
import io.lignum.storage.TopicLog;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Kafka's own tool reads the sealed segments and agrees on every batch and every record. */
@TestInstance(Lifecycle.PER_CLASS)
class KafkaReadsSegmentsTest {

    private static final String NAME = "00000000000000000000.log";

    private SealedLogs logs;
    private Path flipped;
    private Map<Path, FileDump> dumps;

    @BeforeAll
    void writeAndDump(@TempDir Path scratch) throws Exception {
        logs = new SealedLogs(Files.createDirectory(scratch.resolve("data")));
        List<Path> files = new ArrayList<>();
        for (TopicLog log : logs.topics()) {
            files.addAll(logs.sealedFiles(log));
        }
        flipped = flipOneBit(logs.sealedFiles(logs.topic(SealedLogs.BY_AGE)).get(0), scratch);
        files.add(flipped);
        dumps = KafkaDump.of(files, scratch);
        assertThat(dumps.keySet()).containsExactlyElementsOf(files);
    }

    /** The copy keeps its name, since the tool goes by that. */
    private static Path flipOneBit(Path segment, Path scratch) throws IOException {
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length - 2] ^= 4; // in the last record's value
        return Files.write(Files.createDirectory(scratch.resolve("flipped")).resolve(NAME), bytes);
    }

    @AfterAll
    void close() {
        logs.close();
    }

    @Test
    void everyBatch_isValidAndSaysTheSame() throws IOException {
        for (TopicLog log : logs.topics()) {
            List<Map<String, String>> said = new ArrayList<>();
            for (Path file : logs.sealedFiles(log)) {
                said.addAll(dump(file).batches());
            }
            assertThat(said).as(log.name()).isEqualTo(batches(log));
        }
    }

    @Test
    void everyRecord_saysTheSame() throws IOException {
        for (TopicLog log : logs.topics()) {
            List<Map<String, String>> said = new ArrayList<>();
            for (Path file : logs.sealedFiles(log)) {
                dump(file).records().forEach(record -> said.add(ofInterest(record)));
            }
            List<Map<String, String>> expected = new ArrayList<>();
            log.read(0).forEach(record -> expected.add(fields(record)));
            assertThat(said).as(log.name()).hasSameSizeAs(expected);
            for (int i = 0; i < said.size(); i++) {
                assertThat(said.get(i))
                        .as("%s, record %s", log.name(), i)
                        .isEqualTo(expected.get(i));
            }
        }
    }

    @Test
    void flippedBit_isSeenByTheToolToo() {
        List<Map<String, String>> batches = dump(flipped).batches();
        assertThat(batches).hasSize(1);
        assertThat(batches.get(0)).containsEntry("isvalid", "false");
    }

    /** What the other tests rest on: the segments are there, and hold what they are named for. */
    @Test
    void topics_holdWhatTheyAreNamedFor() throws IOException {
        assertThat(logs.sealedFiles(logs.topic(SealedLogs.BY_COUNT))).hasSize(3);
        assertThat(logs.sealedFiles(logs.topic(SealedLogs.BY_BYTES))).hasSizeGreaterThan(3);
        assertThat(logs.sealedFiles(logs.topic(SealedLogs.BY_AGE))).hasSize(1);
        for (TopicLog log : logs.topics()) {
            long sealed = 0;
            for (Path file : logs.sealedFiles(log)) {
                sealed += Files.size(file);
            }
            assertThat(sealed).as(log.name()).isEqualTo(log.sizeInBytes()).isPositive();
        }
        assertThat(values(SealedLogs.EPOCHS, "partitionLeaderEpoch"))
                .containsExactly("0", "0", "1", "1", "7", "7", "2147483647", "2147483647");
        assertThat(values(SealedLogs.PRODUCER, "producerId")).containsOnly("" + Long.MAX_VALUE);
        assertThat(values(SealedLogs.PRODUCER, "producerEpoch")).containsExactly("0", "0", "32767");
        assertThat(values(SealedLogs.PRODUCER, "baseSequence")).containsExactly("0", "4", "0");
        assertThat(values("built-lz4", "compresscodec")).containsExactly("lz4", "lz4", "none");
        assertThat(values("built-zstd", "compresscodec")).containsExactly("zstd", "zstd", "none");
        assertThat(values("shared-batches", "count")).hasSizeLessThan(5_000);
    }

    private List<String> values(String topic, String field) throws IOException {
        return dump(logs.sealedFiles(logs.topic(topic)).get(0)).batches().stream()
                .map(batch -> batch.get(field))
                .toList();
    }

    private FileDump dump(Path file) {
        return Objects.requireNonNull(dumps.get(file));
    }

    /** What the tool should say of each batch, in its words, from what the engine reads. */
    private List<Map<String, String>> batches(TopicLog log) throws IOException {
        Set<Long> bases = logs.sealedFiles(log).stream()
                .map(file -> Long.valueOf(file.getFileName().toString().substring(0, 20)))
                .collect(Collectors.toSet());
        List<Map<String, String>> all = new ArrayList<>();
        try (LogCursor cursor = log.cursor(0)) {
            long position = 0;
            while (cursor.next()) {
                if (bases.contains(cursor.batch().baseOffset())) {
                    position = 0;
                }
                all.add(fields(cursor.batch(), position));
                position += cursor.batch().sizeInBytes();
            }
        }
        return all;
    }

    private static Map<String, String> fields(RecordBatch batch, long position) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("baseOffset", "" + batch.baseOffset());
        fields.put("lastOffset", "" + batch.lastOffset());
        fields.put("count", "" + batch.recordCount());
        boolean known = batch.hasProducer();
        fields.put("baseSequence", "" + (known ? batch.baseSequence() : -1));
        fields.put("lastSequence", "" + (known ? batch.lastSequence() : -1));
        fields.put("producerId", "" + (known ? batch.producerId() : -1));
        fields.put("producerEpoch", "" + (known ? batch.producerEpoch() : -1));
        fields.put("partitionLeaderEpoch", "" + batch.epoch());
        fields.put("isTransactional", "" + batch.isTransactional());
        fields.put("isControl", "" + batch.isControl());
        fields.put("deleteHorizonMs", "OptionalLong.empty");
        fields.put("position", "" + position);
        fields.put("CreateTime", "" + batch.maxTimestamp());
        fields.put("size", "" + batch.sizeInBytes());
        fields.put("magic", "2");
        fields.put("compresscodec", batch.compression().name().toLowerCase(Locale.ROOT));
        fields.put("crc", Integer.toUnsignedString(batch.crc()));
        fields.put("isvalid", "true");
        return fields;
    }

    private static Map<String, String> ofInterest(Map<String, String> said) {
        Map<String, String> fields = new LinkedHashMap<>(said);
        fields.remove("sequence");
        return fields;
    }

    private static Map<String, String> fields(StoredRecord record) {
        Map<String, String> fields = new LinkedHashMap<>();
        byte[] key = record.key();
        byte[] value = record.value();
        fields.put("offset", "" + record.offset());
        fields.put("CreateTime", "" + record.timestamp());
        fields.put("keySize", "" + (key == null ? -1 : key.length));
        fields.put("valueSize", "" + (value == null ? -1 : value.length));
        fields.put(
                "headerKeys",
                record.headers().stream()
                        .map(RecordHeader::key)
                        .collect(Collectors.joining(",", "[", "]")));
        if (key != null) {
            fields.put("key", new String(key, StandardCharsets.US_ASCII));
        }
        if (value != null) {
            fields.put("payload", new String(value, StandardCharsets.US_ASCII));
        }
        return fields;
    }
}
