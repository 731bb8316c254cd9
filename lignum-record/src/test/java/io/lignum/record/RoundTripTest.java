package io.lignum.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

class RoundTripTest {
    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomBatch_readsBackEqualAndValid(long seed) {
        Random random = new Random(seed);
        List<LogRecord> records = Samples.records(random, 1 + random.nextInt(150));
        for (Compression compression : Samples.SUPPORTED) {
            ByteBuffer batch = RecordBatchBuilder.build(records, compression, Samples.NOW);
            BatchValidator.validate(batch, 0, batch.limit(), Samples.MAX, Samples.MAX);
            assertThat(batch.position()).isZero();
            assertThat(Samples.read(batch)).isEqualTo(Samples.stored(records, 0));

            RecordBatch.at(batch, 0).stamp(1L << 40, 7);
            assertThat(RecordBatch.check(batch, 0, batch.limit())).isEqualTo(BatchStatus.VALID);
            assertThat(Samples.read(batch)).isEqualTo(Samples.stored(records, 1L << 40));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void severalBatchesInADirectBuffer_eachReadsBackInPlace(long seed) {
        Random random = new Random(seed);
        ByteBuffer buffer = ByteBuffer.allocateDirect(2 << 20);
        buffer.position(random.nextInt(100));
        RecordBatchBuilder builder = new RecordBatchBuilder();
        for (int i = 0; i < 5; i++) {
            List<LogRecord> records = Samples.records(random, 1 + random.nextInt(20));
            int start = buffer.position();
            builder.begin(buffer, 1000L * i, i);
            for (LogRecord record : records) {
                int before = builder.sizeInBytes();
                assertThat(builder.append(record.timestampOr(Samples.NOW), record))
                        .isTrue();
                assertThat(builder.sizeInBytes() - before)
                        .isLessThanOrEqualTo(RecordBatchBuilder.sizeInBytes(record));
            }
            int size = builder.finish();
            assertThat(buffer.position()).isEqualTo(start + size);
            assertThat(RecordBatch.check(buffer, start, size)).isEqualTo(BatchStatus.VALID);
            RecordBatch batch = RecordBatch.at(buffer, start);
            assertThat(batch.sizeInBytes()).isEqualTo(size);
            assertThat(batch.epoch()).isEqualTo(i);
            assertThat(Samples.read(buffer, start)).isEqualTo(Samples.stored(records, 1000L * i));
            assertThat(Samples.read(batch.slice())).hasSize(records.size());
        }
    }

    @Test
    void header_saysWhatIsInside() {
        List<LogRecord> records = List.of(
                LogRecord.of("a").withTimestamp(50),
                LogRecord.of("b").withTimestamp(90),
                LogRecord.of("c").withTimestamp(10));
        ProducerStamp producer = new ProducerStamp(9, (short) 3, Integer.MAX_VALUE - 1);
        ByteBuffer buffer = RecordBatchBuilder.build(records, Compression.ZSTD, 0, producer);
        RecordBatch batch = RecordBatch.at(buffer, 0);
        batch.stamp(100, 4);
        assertThat(batch.baseOffset()).isEqualTo(100);
        assertThat(batch.lastOffset()).isEqualTo(102);
        assertThat(batch.nextOffset()).isEqualTo(103);
        assertThat(batch.epoch()).isEqualTo(4);
        assertThat(batch.magic()).isEqualTo((byte) 2);
        assertThat(batch.baseTimestamp()).isEqualTo(50);
        assertThat(batch.maxTimestamp()).isEqualTo(90);
        assertThat(batch.recordCount()).isEqualTo(3);
        assertThat(batch.compression()).isEqualTo(Compression.ZSTD);
        assertThat(batch.isControl() || batch.isTransactional()).isFalse();
        assertThat(batch.hasProducer()).isTrue();
        assertThat(batch.producerId()).isEqualTo(9);
        assertThat(batch.producerEpoch()).isEqualTo((short) 3);
        assertThat(batch.baseSequence()).isEqualTo(Integer.MAX_VALUE - 1);
        assertThat(batch.lastSequence()).isZero();
        assertThat(batch.crcMatches()).isTrue();
        assertThat(buffer.position()).isZero();
    }

    @Test
    void littleEndianBuffer_isReadAsWhatItHolds() {
        List<LogRecord> records = Samples.records(new Random(1), 5);
        ByteBuffer batch = RecordBatchBuilder.build(records, Compression.NONE, Samples.NOW);
        batch.order(ByteOrder.LITTLE_ENDIAN);
        BatchValidator.validate(batch, 0, Samples.MAX, Samples.MAX, Samples.MAX);
        assertThat(Samples.read(batch)).isEqualTo(Samples.stored(records, 0));
    }

    @Test
    void reusedCursor_readsTheNextBatch() {
        ByteBuffer plain = RecordBatchBuilder.build(
                List.of(LogRecord.of("one"), LogRecord.of("two")), Compression.NONE, 1);
        ByteBuffer packed =
                RecordBatchBuilder.build(List.of(LogRecord.of("three")), Compression.LZ4, 2);
        RecordCursor cursor = RecordBatch.at(plain, 0).records();
        assertThat(cursor.next()).isTrue();
        assertThat(RecordBatch.at(packed, 0).records(cursor, 1000)).isSameAs(cursor);
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.toRecord().text()).isEqualTo("three");
        assertThat(cursor.next()).isFalse();
        assertThat(cursor.next()).isFalse();
    }

    @Test
    void keyAndValue_areFoundInTheBufferWithoutCopies() {
        byte[] key = {1, 2, 3};
        byte[] value = {4, 5, 6, 7};
        ByteBuffer batch =
                RecordBatchBuilder.build(List.of(LogRecord.of(key, value)), Compression.NONE, 5);
        RecordCursor cursor = RecordBatch.at(batch, 0).records();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.valueBuffer()).isSameAs(batch);
        assertThat(batch.slice(cursor.keyPosition(), cursor.keySize()))
                .isEqualTo(ByteBuffer.wrap(key));
        assertThat(batch.slice(cursor.valuePosition(), cursor.valueSize()))
                .isEqualTo(ByteBuffer.wrap(value));
    }

    @Test
    void nullAndEmpty_stayDifferent() {
        List<LogRecord> records = List.of(
                LogRecord.of(null, new byte[0]),
                LogRecord.of(new byte[0], null)
                        .withHeaders(List.of(
                                new RecordHeader("n", null), new RecordHeader("", new byte[0]))));
        ByteBuffer batch = RecordBatchBuilder.build(records, Compression.NONE, 5);
        RecordCursor cursor = RecordBatch.at(batch, 0).records();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.hasKey()).isFalse();
        assertThat(cursor.hasValue()).isTrue();
        assertThat(cursor.valueSize()).isZero();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.hasKey()).isTrue();
        assertThat(cursor.value()).isNull();
        assertThat(cursor.keySize() + cursor.valueSize()).isZero();
        assertThat(cursor.headers()).isEqualTo(records.get(1).headers());
        assertThat(cursor.toRecord().text()).isEmpty();
    }
}
