package io.lignum.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Damage of every kind to real batches: found by the check, survived by the cursor. */
class CorruptionTest {
    private static final int GUARD = 64;

    private static ByteBuffer batch(Compression compression) {
        List<LogRecord> records = List.of(
                LogRecord.of(new byte[] {1, 2, 3}, "a value".getBytes(StandardCharsets.UTF_8))
                        .withHeaders(List.of(new RecordHeader("trace", new byte[] {7}))),
                LogRecord.of(new byte[70]).withTimestamp(Samples.NOW - 300),
                LogRecord.of("another value, another value, another value"));
        return RecordBatchBuilder.build(
                records, compression, Samples.NOW, new ProducerStamp(5, (short) 1, 17));
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"NONE", "LZ4", "ZSTD"})
    void everySingleBitFlip_isFoundUnlessItIsInOffsetOrEpoch(Compression compression) {
        ByteBuffer batch = batch(compression);
        BitSet survivors = new BitSet();
        for (int bit = 0; bit < batch.limit() * 8; bit++) {
            ByteBuffer damaged = Samples.copy(batch);
            flip(damaged, bit);
            if (RecordBatch.check(damaged, 0, 1 << 20) == BatchStatus.VALID) {
                survivors.set(bit);
            }
            iterate(damaged);
        }
        // The CRC covers neither base offset (bytes 0-7) nor epoch (12-15), because the leader
        // stamps them; only their signs are known to be wrong. A recovery proves them by the
        // neighbours.
        BitSet uncovered = new BitSet();
        uncovered.set(1, 64);
        uncovered.set(12 * 8 + 1, 16 * 8);
        assertThat(survivors).isEqualTo(uncovered);
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"NONE", "LZ4", "ZSTD"})
    void bitFlipsUnderARightCrc_neverBreakTheReader(Compression compression) {
        ByteBuffer batch = batch(compression);
        for (int bit = 21 * 8; bit < batch.limit() * 8; bit++) {
            ByteBuffer forged = Samples.copy(batch);
            flip(forged, bit);
            Samples.seal(forged);
            iterate(forged);
            validate(forged);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomBytesUnderARightCrc_neverBreakTheReader(long seed) {
        Random random = new Random(seed);
        List<ByteBuffer> batches =
                Stream.of(Samples.SUPPORTED).map(CorruptionTest::batch).toList();
        for (int i = 0; i < 1500; i++) {
            ByteBuffer forged = Samples.copy(batches.get(i % 3));
            int damages = 1 + random.nextInt(6);
            for (int d = 0; d < damages; d++) {
                int at = 61 + random.nextInt(forged.limit() - 61);
                forged.put(at, (byte) List.of(0, 1, -1, 127, -128, random.nextInt())
                        .get(random.nextInt(6))
                        .intValue());
            }
            Samples.seal(forged);
            iterate(forged);
            validate(forged);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"NONE", "LZ4", "ZSTD"})
    void truncationAtEveryLength_isIncomplete(Compression compression) {
        ByteBuffer batch = batch(compression);
        // The base offset is 0, so that up to its length the batch looks like nothing at all.
        for (int size = 0; size < batch.limit(); size++) {
            ByteBuffer cut = Samples.copy(batch).limit(size);
            BatchStatus expected = size <= 11 ? BatchStatus.EMPTY : BatchStatus.INCOMPLETE;
            assertThat(RecordBatch.check(cut, 0, 1 << 20)).as("%d bytes", size).isEqualTo(expected);
            if (size >= 61) {
                iterate(cut);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"NONE", "LZ4", "ZSTD"})
    void tailLeftZero_isNeverValidNorAnotherVersion(Compression compression) {
        ByteBuffer batch = batch(compression);
        for (int written = 0; written < batch.limit(); written++) {
            ByteBuffer torn = ByteBuffer.allocate(batch.limit() + GUARD);
            torn.put(0, batch, 0, written);
            BatchStatus status = RecordBatch.check(torn, 0, 1 << 20);
            if (!Samples.copy(torn).limit(batch.limit()).equals(batch)) {
                assertThat(status)
                        .as("%d bytes written", written)
                        .isNotIn(BatchStatus.VALID, BatchStatus.UNSUPPORTED_VERSION);
            }
        }
    }

    private static void flip(ByteBuffer bytes, int bit) {
        int at = bit / 8;
        bytes.put(at, (byte) (bytes.get(at) ^ (0x80 >>> bit % 8)));
    }

    /** Reads all there is; anything but a RecordException fails the test. */
    private static void iterate(ByteBuffer bytes) {
        try {
            RecordBatch batch = RecordBatch.at(bytes, 0);
            RecordCursor cursor = batch.records(1 << 20);
            while (cursor.next()) {
                assertThat(cursor.toRecord().timestamp()).isNotNegative();
            }
        } catch (RecordException e) {
            assertThat(e).hasMessageContaining(" ");
        }
    }

    /** What the validator lets through must read without any exception. */
    private static void validate(ByteBuffer bytes) {
        try {
            BatchValidator.validate(bytes, 0, 1 << 20, 1 << 20, 1 << 20);
        } catch (RecordException e) {
            assertThat(e.code()).isNotEqualTo(RecordException.Code.MISSING_CODEC);
            return;
        }
        assertThat(Samples.read(bytes)).hasSize(RecordBatch.at(bytes, 0).recordCount());
    }
}
