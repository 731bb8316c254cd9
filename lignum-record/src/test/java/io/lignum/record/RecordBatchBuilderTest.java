package io.lignum.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

class RecordBatchBuilderTest {
    private final RecordBatchBuilder builder = new RecordBatchBuilder();

    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 8180, 8185, 8186, 8187, 8200})
    void recordOfExactlyTheSpace_fitsAndOneByteLessDoesNot(int valueBytes) {
        LogRecord record = LogRecord.of(new byte[valueBytes]);
        builder.begin(ByteBuffer.allocate(10_000), 0, 0);
        assertThat(builder.append(9, record)).isTrue();
        int size = builder.finish();

        builder.begin(ByteBuffer.allocate(size), 0, 0);
        assertThat(builder.append(9, record)).isTrue();
        assertThat(builder.finish()).isEqualTo(size);

        ByteBuffer small = ByteBuffer.allocate(size - 1);
        builder.begin(small, 0, 0);
        assertThat(builder.append(9, record)).isFalse();
        assertThat(builder.recordCount()).isZero();
        assertThat(builder.sizeInBytes()).isEqualTo(61);
        assertThat(small.array()).containsOnly(0);
    }

    @Test
    void refusedRecord_leavesTheBatchAsItWas() {
        ByteBuffer target = ByteBuffer.allocate(61 + 30);
        builder.begin(target, 5, 1);
        assertThat(builder.append(1, LogRecord.of("fits"))).isTrue();
        assertThat(builder.append(9, LogRecord.of(new byte[100]))).isFalse();
        assertThat(builder.append(2, LogRecord.of("too"))).isTrue();
        builder.finish();
        assertThat(Samples.read(target))
                .extracting(StoredRecord::text)
                .containsExactly("fits", "too");
        assertThat(RecordBatch.at(target, 0).maxTimestamp()).isEqualTo(2);
    }

    @Test
    void abandonedBatch_leavesNoTraceInTheNext() {
        ByteBuffer target = ByteBuffer.allocate(1000);
        target.position(10);
        builder.begin(target, 5, 1);
        builder.producer(1, (short) 2, 3);
        builder.append(Long.MAX_VALUE, LogRecord.of("abandoned"));
        builder.abandon();
        assertThat(target.position()).isEqualTo(10);
        assertThat(builder.isOpen()).isFalse();
        assertThat(builder.sizeInBytes() + builder.recordCount()).isZero();

        builder.begin(target, 6, 2);
        builder.append(3, LogRecord.of("kept"));
        builder.finish();
        RecordBatch batch = RecordBatch.at(target, 10);
        assertThat(batch.hasProducer()).isFalse();
        assertThat(batch.maxTimestamp()).isEqualTo(3);
        assertThat(Samples.read(target, 10)).extracting(StoredRecord::offset).containsExactly(6L);
    }

    @Test
    void callsOutOfOrder_areRefused() {
        LogRecord record = LogRecord.of("x");
        assertThatIllegalStateException().isThrownBy(() -> builder.append(1, record));
        assertThatIllegalStateException().isThrownBy(builder::finish);
        assertThatIllegalStateException().isThrownBy(builder::abandon);
        assertThatIllegalStateException().isThrownBy(() -> builder.producer(1, (short) 1, 1));
        ByteBuffer target = ByteBuffer.allocate(100);
        builder.begin(target, 0, 0);
        assertThatIllegalStateException().isThrownBy(() -> builder.begin(target, 0, 0));
        assertThatIllegalStateException().isThrownBy(builder::finish);
        assertThat(builder.isOpen()).isTrue();
    }

    @Test
    void nonsense_isRefused() {
        ByteBuffer target = ByteBuffer.allocate(100);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.begin(target, -1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.begin(target, 0, -1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.begin(ByteBuffer.allocate(60), 0, 0));
        ByteBuffer littleEndian = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.begin(littleEndian, 0, 0));
        builder.begin(target, 0, 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.append(-1, LogRecord.of("x")));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.producer(-1, (short) 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new ProducerStamp(0, (short) -1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> LogRecord.of("x").withTimestamp(-1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RecordBatchBuilder.build(List.of(), Compression.NONE, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GZIP", "SNAPPY"})
    void codecWeNeverWrite_isUnsupported(Compression compression) {
        assertThat(compression.isSupported()).isFalse();
        assertThatThrownBy(
                        () -> RecordBatchBuilder.build(List.of(LogRecord.of("x")), compression, 0))
                .isInstanceOf(RecordException.UnsupportedCodec.class)
                .hasMessageContaining(compression.toString());
    }

    @Test
    void codecNumbers_areThoseOfTheFormat() {
        for (Compression compression : Compression.values()) {
            assertThat(Compression.of(compression.id())).isSameAs(compression);
        }
        assertThat(Compression.LZ4.id()).isEqualTo(3);
        assertThat(Compression.ZSTD.id()).isEqualTo(4);
        assertThatThrownBy(() -> Compression.of(5))
                .isInstanceOf(RecordException.UnsupportedCodec.class);
        assertThatThrownBy(() -> Compression.of(-1))
                .isInstanceOf(RecordException.UnsupportedCodec.class);
    }

    @Test
    void recordStamps_areTheirOwnOrTheGivenTime() {
        LogRecord stamped = LogRecord.of("x").withTimestamp(0);
        assertThat(stamped.timestamp()).hasValue(0);
        assertThat(LogRecord.of("x").timestamp()).isEmpty();
        ByteBuffer batch = RecordBatchBuilder.build(
                List.of(LogRecord.of("x"), stamped), Compression.NONE, Long.MAX_VALUE);
        assertThat(Samples.read(batch))
                .extracting(StoredRecord::timestamp)
                .containsExactly(Long.MAX_VALUE, 0L);
        BatchValidatorTest.accept(batch);
    }

    @Test
    void utf8_isWhatTheJdkWrites() {
        Random random = new Random(11);
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder();
            for (int c = 0; c < random.nextInt(12); c++) {
                switch (random.nextInt(4)) {
                    case 0 -> text.append((char) random.nextInt(0x80));
                    case 1 -> text.append((char) random.nextInt(0x1000));
                    case 2 -> text.append((char) (0xD700 + random.nextInt(0xA00)));
                    default -> text.appendCodePoint(random.nextInt(0x110000));
                }
            }
            if (Utf8.unpairedSurrogate(text.toString()).isPresent()) {
                continue;
            }
            byte[] expected = text.toString().getBytes(StandardCharsets.UTF_8);
            ByteBuffer target = ByteBuffer.allocate(expected.length);
            assertThat(Utf8.sizeOf(text.toString())).isEqualTo(expected.length);
            assertThat(Utf8.put(target, 0, text.toString())).isEqualTo(expected.length);
            assertThat(target.array()).isEqualTo(expected);
        }
    }
}
