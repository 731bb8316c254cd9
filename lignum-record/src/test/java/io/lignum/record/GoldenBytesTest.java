package io.lignum.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** The bytes under {@code format/} were written once and stay readable, and writable, for good. */
class GoldenBytesTest {
    private static final long TIME = 1_700_000_000_000L;

    private static final List<LogRecord> RECORDS = List.of(
            LogRecord.of("first").withTimestamp(TIME),
            LogRecord.of(utf8("key"), null)
                    .withTimestamp(TIME - 250)
                    .withHeaders(List.of(
                            new RecordHeader("h", utf8("v")), new RecordHeader("ключ", null))),
            LogRecord.of(new byte[0], utf8("x".repeat(70))).withTimestamp(TIME + 1_000_000));

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Hexadecimal digits, with white space and comments from '#' to the end of the line. */
    static ByteBuffer load(String name) throws IOException {
        try (InputStream file = GoldenBytesTest.class.getResourceAsStream("/format/" + name)) {
            assertThat(file).as(name).isNotNull();
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            String digits = text.replaceAll("#[^\n]*", "").replaceAll("\\s", "");
            return ByteBuffer.wrap(HexFormat.of().parseHex(digits));
        }
    }

    private static byte[] build(Compression compression) {
        ByteBuffer batch = RecordBatchBuilder.build(RECORDS, compression, TIME);
        RecordBatch.at(batch, 0).stamp(42, 3);
        return Samples.bytesOf(batch);
    }

    @Test
    void plainBatch_isWrittenByteForByte() throws IOException {
        assertThat(build(Compression.NONE)).isEqualTo(load("batch-v2-plain.hex").array());
    }

    @Test
    void batchOfAProducer_isWrittenByteForByte() throws IOException {
        ByteBuffer target = ByteBuffer.allocate(1000);
        RecordBatchBuilder builder = new RecordBatchBuilder();
        builder.begin(target, 1L << 33, 7);
        builder.producer(0x0102030405060708L, (short) 0x090A, 0x0B0C0D0E);
        assertThat(builder.append(TIME, LogRecord.of("p"))).isTrue();
        builder.finish();
        assertThat(Samples.bytesOf(target.flip()))
                .isEqualTo(load("batch-v2-producer.hex").array());
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "lz4", "zstd"})
    void goldenBatch_isValidAndReadsAsItWasMeant(String name) throws IOException {
        ByteBuffer bytes = load("batch-v2-" + name + ".hex");
        BatchValidator.validate(bytes, 0, bytes.limit(), 1000, 100);
        RecordBatch batch = RecordBatch.at(bytes, 0);
        assertThat(batch.sizeInBytes()).isEqualTo(bytes.limit());
        assertThat(batch.epoch()).isEqualTo(3);
        assertThat(batch.baseTimestamp()).isEqualTo(TIME);
        assertThat(batch.maxTimestamp()).isEqualTo(TIME + 1_000_000);
        assertThat(Samples.read(bytes)).isEqualTo(Samples.stored(RECORDS, 42));
    }

    @Test
    void goldenBatchOfAProducer_readsAsItWasMeant() throws IOException {
        RecordBatch batch = RecordBatch.at(load("batch-v2-producer.hex"), 0);
        assertThat(batch.crcMatches()).isTrue();
        assertThat(batch.baseOffset()).isEqualTo(1L << 33);
        assertThat(batch.epoch()).isEqualTo(7);
        assertThat(batch.producerId()).isEqualTo(0x0102030405060708L);
        assertThat(batch.producerEpoch()).isEqualTo((short) 0x090A);
        assertThat(batch.baseSequence()).isEqualTo(0x0B0C0D0E);
        assertThat(batch.lastSequence()).isEqualTo(0x0B0C0D0E);
    }
}
