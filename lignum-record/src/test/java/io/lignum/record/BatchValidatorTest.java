package io.lignum.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lignum.record.RecordException.InvalidBatch;
import io.lignum.record.RecordException.TooLarge;
import io.lignum.record.RecordException.UnsupportedCodec;
import io.lignum.record.RecordException.UnsupportedVersion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;

class BatchValidatorTest {
    /** Two records: length 7, then attributes, deltas, key -1, value "a" or "b", no headers. */
    private static final String SOUND = "0e 00 00 00 01 02 61 00" + "0e 00 00 02 01 02 62 00";

    private static ByteBuffer batch() {
        return RecordBatchBuilder.build(
                List.of(LogRecord.of("a"), LogRecord.of("b")), Compression.NONE, 1000);
    }

    static void accept(ByteBuffer batch) {
        BatchValidator.validate(batch, 0, Samples.MAX, Samples.MAX, Samples.MAX);
    }

    private static <E extends RecordException> E refuse(ByteBuffer batch, Class<E> kind) {
        E refusal = catchThrowableOfType(kind, () -> accept(batch));
        assertThat(refusal).isNotNull();
        return refusal;
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    @Test
    void soundRecords_areAccepted() {
        assertThat(Samples.bytesOf(batch().slice(61, batch().limit() - 61))).isEqualTo(hex(SOUND));
        accept(Samples.withRecords(batch(), hex(SOUND)));
    }

    @ParameterizedTest
    @CsvSource({
        "recordsCount,        a byte more,                0e000000010261000e0000020102620000",
        "record length,       a byte less,                0e000000010261000e00000201026200-1",
        "record length,       negative,                   01000000010261000e00000201026200",
        "record length,       past the end,               0e000000010261001200000201026200",
        "timestampDelta,      no bytes at all,            00000e00000201026200000000000000",
        "record length,       no space for headers,        0c00000001026100000e000002010262",
        "record length,       longer than 32 bits,        ffffffff7f0000010261000e00000201",
        "record attributes,   set,                        0e010000010261000e00000201026200",
        "timestampDelta,      before 1970,                1000d10f00010261000e00000201026200",
        "timestampDelta,      overflows,         2000feffffffffffffffff0100010261000e00000201026200",
        "timestampDelta,      beyond 64 bits,    2000feffffffffffffffff0300010261000e00000201026200",
        "offsetDelta,         first is 1,                 0e000002010261000e00000201026200",
        "offsetDelta,         repeated,                   0e000000010261000e00000001026200",
        "offsetDelta,         a gap,                      0e000000010261000e00000401026200",
        "offsetDelta,         negative,                   0e000000010261000e00000101026200",
        "key length,          below null,                 0e000000030261000e00000201026200",
        "key length,          into the next record,       0e0000000c0261000e00000201026200",
        "value length,        beyond 32 bits,             160000000182808080106100 0e00000201026200",
        "value length,        below null,                 0e000000010361000e00000201026200",
        "value length,        into the next record,       0e000000010861000e00000201026200",
        "header count,        negative,                   0e000000010261010e00000201026200",
        "header key length,   headers missing,            0e000000010261020e00000201026200",
        "header count,        bytes after the last,       10000000010261000010000002010262000000",
        "header key length,   null,                       12000000010261020101120000020102620200 01",
        "header value length, past the record,            120000000102610200040e00000201026200",
    })
    void unsoundRecords_areRefusedByField(String field, String how, String records) {
        String digits =
                records.endsWith("-1") ? records.substring(0, records.length() - 4) : records;
        InvalidBatch refusal =
                refuse(Samples.withRecords(batch(), hex(digits)), InvalidBatch.class);
        assertThat(refusal.field()).as(how).isEqualTo(field);
    }

    @Test
    void fewerRecordsThanTheHeaderSays_isRefused() {
        // With 14 bytes two records could be there, so the header alone gives nothing away.
        byte[] one = hex("1a 00 00 00 01 0e 61 61 61 61 61 61 61 00");
        InvalidBatch refusal = refuse(Samples.withRecords(batch(), one), InvalidBatch.class);
        assertThat(refusal.field()).isEqualTo("record length");
    }

    @ParameterizedTest
    @CsvSource({"8,timestamp type", "16,transactional", "32,control", "64,unknown", "-32768,unknown"
    })
    void attributeBit_isRefusedByName(int bits, String name) {
        ByteBuffer batch = batch();
        batch.putShort(21, (short) bits);
        InvalidBatch refusal = refuse(Samples.seal(batch), InvalidBatch.class);
        assertThat(refusal.field()).isEqualTo("attributes");
        assertThat(refusal).hasMessageContaining(name);
    }

    @ParameterizedTest
    @CsvSource({"1,gzip", "2,snappy", "5,codec 5", "7,codec 7"})
    void codecWeDoNotRead_isUnsupported(int codec, String name) {
        ByteBuffer batch = batch();
        batch.putShort(21, (short) codec);
        assertThat(refuse(Samples.seal(batch), UnsupportedCodec.class)).hasMessageContaining(name);
    }

    @Test
    void maxTimestampOtherThanTheLargest_isRefused() {
        ByteBuffer batch = batch();
        batch.putLong(35, 1001);
        assertThat(refuse(Samples.seal(batch), InvalidBatch.class).field())
                .isEqualTo("maxTimestamp");
    }

    @Test
    void headerFields_areRefusedByName() {
        ByteBuffer batch = batch();
        batch.putInt(23, 5);
        assertThat(refuse(Samples.seal(batch), InvalidBatch.class).field())
                .isEqualTo("lastOffsetDelta");
        ByteBuffer cut = batch().limit(70);
        assertThat(refuse(cut, InvalidBatch.class).field()).isEqualTo("batchLength");
        ByteBuffer damaged = batch();
        damaged.put(70, (byte) 9);
        assertThat(refuse(damaged, InvalidBatch.class).field()).isEqualTo("crc");
        ByteBuffer newer = batch();
        newer.put(16, (byte) 3);
        assertThat(refuse(newer, UnsupportedVersion.class)).hasMessageContaining("version 3");
        ByteBuffer torn = batch();
        torn.put(16, new byte[45]);
        assertThat(refuse(torn, InvalidBatch.class).field()).isEqualTo("magic");
        ByteBuffer tiny = batch();
        tiny.putInt(8, 48);
        assertThat(refuse(tiny, InvalidBatch.class).field()).isEqualTo("batchLength");
        assertThat(refuse(ByteBuffer.allocate(0), InvalidBatch.class).field())
                .isEqualTo("batchLength");
    }

    @Test
    void limits_areInclusive() {
        ByteBuffer batch = batch();
        int size = batch.limit();
        BatchValidator.validate(batch, 0, size, 0, 1);
        TooLarge record = catchThrowableOfType(
                TooLarge.class, () -> BatchValidator.validate(batch, 0, size, 0, 0));
        assertThat(record).hasMessageContaining("record of 1 bytes");
        assertThat(record.limitBytes()).isZero();
        TooLarge whole = catchThrowableOfType(
                TooLarge.class, () -> BatchValidator.validate(batch, 0, size - 1, 0, 1));
        assertThat(whole).hasMessageContaining("batch of " + size + " bytes");
    }

    @Test
    void batchInTheMiddleOfABuffer_isJudgedAlone() {
        ByteBuffer batch = batch();
        ByteBuffer buffer = ByteBuffer.allocateDirect(batch.limit() + 40);
        buffer.put(20, batch, 0, batch.limit());
        BatchValidator.validate(buffer, 20, 1000, 1000, 1000);
        assertThat(buffer.position()).isZero();
    }
}
