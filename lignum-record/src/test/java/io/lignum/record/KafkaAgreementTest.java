package io.lignum.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The format is not ours, so another implementation is asked whether we agree with it. */
class KafkaAgreementTest {
    private static final ProducerStamp PRODUCER =
            new ProducerStamp(1L << 50, (short) 12, Integer.MAX_VALUE - 2);

    static Stream<Arguments> cases() {
        return IntStream.range(0, 10)
                .boxed()
                .flatMap(seed -> Stream.of(Samples.SUPPORTED)
                        .map(compression -> Arguments.of(seed, compression)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void batchWeBuild_isReadByKafkaAsEqual(int seed, Compression compression) {
        Random random = new Random(seed);
        List<LogRecord> records = Samples.records(random, 1 + random.nextInt(60));
        ByteBuffer buffer = RecordBatchBuilder.build(records, compression, Samples.NOW, PRODUCER);
        RecordBatch ours = RecordBatch.at(buffer, 0);
        ours.stamp(77, 3);

        List<MutableRecordBatch> batches = new ArrayList<>();
        MemoryRecords.readableRecords(buffer).batches().forEach(batches::add);
        assertThat(batches).hasSize(1);
        MutableRecordBatch theirs = batches.get(0);
        theirs.ensureValid();
        assertSameHeader(ours, theirs);
        assertThat(read(theirs)).isEqualTo(Samples.stored(records, 77));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void batchKafkaBuilds_isValidAndReadAsEqual(int seed, Compression compression) {
        Random random = new Random(1000 + seed);
        List<LogRecord> records = Samples.records(random, 1 + random.nextInt(60));
        org.apache.kafka.common.compress.Compression codec =
                org.apache.kafka.common.compress.Compression.of(
                                CompressionType.forId(compression.id()))
                        .build();
        SimpleRecord[] simple =
                records.stream().map(KafkaAgreementTest::simple).toArray(SimpleRecord[]::new);
        MemoryRecords anonymous = MemoryRecords.withRecords(codec, simple);
        MemoryRecords idempotent = MemoryRecords.withIdempotentRecords(
                55L,
                codec,
                PRODUCER.producerId(),
                PRODUCER.producerEpoch(),
                PRODUCER.baseSequence(),
                4,
                simple);
        for (MemoryRecords built : List.of(anonymous, idempotent)) {
            ByteBuffer buffer = built.buffer();
            BatchValidator.validate(buffer, 0, Samples.MAX, Samples.MAX, Samples.MAX);
            RecordBatch ours = RecordBatch.at(buffer, 0);
            assertThat(ours.sizeInBytes()).isEqualTo(buffer.limit());
            assertSameHeader(ours, built.batches().iterator().next());
            assertThat(Samples.read(buffer)).isEqualTo(Samples.stored(records, ours.baseOffset()));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {2000, 2001, 2002, 2003, 2004, 2005})
    void uncompressedBatch_hasTheBytesKafkaWrites(long seed) {
        List<LogRecord> records = Samples.records(new Random(seed), 20);
        ByteBuffer ours =
                RecordBatchBuilder.build(records, Compression.NONE, Samples.NOW, PRODUCER);
        MemoryRecords theirs = MemoryRecords.withIdempotentRecords(
                0L,
                org.apache.kafka.common.compress.Compression.NONE,
                PRODUCER.producerId(),
                PRODUCER.producerEpoch(),
                PRODUCER.baseSequence(),
                0,
                records.stream().map(KafkaAgreementTest::simple).toArray(SimpleRecord[]::new));
        assertThat(Samples.bytesOf(ours)).isEqualTo(Samples.bytesOf(theirs.buffer()));
    }

    /** The validator's promise, held against a consumer that is not ours. */
    @ParameterizedTest
    @MethodSource("cases")
    void forgedBatchTheValidatorAccepts_isReadByKafkaAsByUs(int seed, Compression compression) {
        Random random = new Random(3000 + seed);
        ByteBuffer batch = RecordBatchBuilder.build(
                Samples.records(random, 4), compression, Samples.NOW, PRODUCER);
        int accepted = 0;
        for (int i = 0; i < 300; i++) {
            ByteBuffer forged = Samples.copy(batch);
            for (int change = 0; change <= random.nextInt(3); change++) {
                int at = 61 + random.nextInt(forged.limit() - 61);
                forged.put(at, (byte) random.nextInt());
            }
            Samples.seal(forged);
            try {
                BatchValidator.validate(forged, 0, Samples.MAX, Samples.MAX, Samples.MAX);
            } catch (RecordException refused) {
                continue;
            }
            accepted++;
            MutableRecordBatch theirs =
                    MemoryRecords.readableRecords(forged).batches().iterator().next();
            theirs.ensureValid();
            assertThat(read(theirs)).isEqualTo(Samples.read(forged));
        }
        // A change inside a value is a sound batch of another content, if nothing is compressed.
        assertThat(accepted > 0 || compression != Compression.NONE).isTrue();
    }

    private static SimpleRecord simple(LogRecord record) {
        Header[] headers =
                record.headers().stream().map(KafkaAgreementTest::header).toArray(Header[]::new);
        return new SimpleRecord(
                record.timestampOr(Samples.NOW), record.key(), record.value(), headers);
    }

    private static Header header(RecordHeader header) {
        return new org.apache.kafka.common.header.internals.RecordHeader(
                header.key(), header.value());
    }

    private static void assertSameHeader(RecordBatch ours, MutableRecordBatch theirs) {
        assertThat(ours.baseOffset()).isEqualTo(theirs.baseOffset());
        assertThat(ours.lastOffset()).isEqualTo(theirs.lastOffset());
        assertThat(ours.nextOffset()).isEqualTo(theirs.nextOffset());
        assertThat(ours.sizeInBytes()).isEqualTo(theirs.sizeInBytes());
        assertThat(ours.epoch()).isEqualTo(theirs.partitionLeaderEpoch());
        assertThat(ours.magic()).isEqualTo(theirs.magic());
        assertThat(Integer.toUnsignedLong(ours.crc())).isEqualTo(theirs.checksum());
        assertThat(ours.compression().id()).isEqualTo(theirs.compressionType().id);
        assertThat(ours.maxTimestamp()).isEqualTo(theirs.maxTimestamp());
        assertThat(ours.hasProducer()).isEqualTo(theirs.hasProducerId());
        assertThat(ours.producerId()).isEqualTo(theirs.producerId());
        assertThat(ours.producerEpoch()).isEqualTo(theirs.producerEpoch());
        assertThat(ours.baseSequence()).isEqualTo(theirs.baseSequence());
        if (ours.hasProducer()) {
            assertThat(ours.lastSequence()).isEqualTo(theirs.lastSequence());
        }
        assertThat(ours.recordCount()).isEqualTo(theirs.countOrNull());
    }

    private static List<StoredRecord> read(MutableRecordBatch batch) {
        List<StoredRecord> records = new ArrayList<>();
        for (Record record : batch) {
            List<RecordHeader> headers = new ArrayList<>();
            for (Header header : record.headers()) {
                headers.add(new RecordHeader(header.key(), header.value()));
            }
            records.add(new StoredRecord(
                    record.offset(),
                    record.timestamp(),
                    bytes(record.key()),
                    bytes(record.value()),
                    headers));
        }
        return records;
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        return buffer == null ? null : Samples.bytesOf(buffer);
    }
}
