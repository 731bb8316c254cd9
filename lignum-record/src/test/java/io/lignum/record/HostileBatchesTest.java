package io.lignum.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.fuzz.Allocated;
import io.lignum.record.fuzz.Mutator;
import io.lignum.record.fuzz.Rounds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Batches that were made to do harm: refused with a {@link RecordException}, or read; never
 * another exception, and never more memory than the limits and the bytes at hand account for.
 */
class HostileBatchesTest {
    private static final int ROUNDS = 12_000;
    private static final int MAX_UNCOMPRESSED = 64 * 1024;

    /**
     * An lz4 frame may name blocks of 4 MiB, of which two are allocated, and one more for what is
     * packed.
     */
    private static final long LARGEST_CODEC_BYTES = 13L << 20;

    private static byte[] sound(Random random, Compression compression) {
        List<LogRecord> records = Samples.records(random, 1 + random.nextInt(4));
        return Samples.bytesOf(RecordBatchBuilder.build(records, compression, Samples.NOW));
    }

    /** Half of them with length and CRC made right again, or nothing would get past the header. */
    private static ByteBuffer hostile(Mutator mutator, Compression compression) {
        Random random = mutator.random();
        byte[] sound = sound(random, compression);
        if (random.nextBoolean()) {
            byte[] other = sound(random, Samples.SUPPORTED[random.nextInt(3)]);
            byte[] mutated = mutator.mutate(sound, other);
            return ByteBuffer.wrap(
                    Arrays.copyOf(mutated, Math.max(mutated.length, RecordBatch.HEADER_BYTES)));
        }
        int headerBytes = random.nextInt(4) == 0 ? 0 : RecordBatch.HEADER_BYTES;
        byte[] records = new byte[sound.length - headerBytes];
        System.arraycopy(sound, headerBytes, records, 0, records.length);
        byte[] mutated = mutator.mutate(records);
        ByteBuffer batch = ByteBuffer.allocate(
                Math.max(RecordBatch.HEADER_BYTES, headerBytes + mutated.length));
        batch.put(sound, 0, headerBytes).put(mutated).clear();
        batch.putInt(BatchLayout.LENGTH, batch.limit() - BatchLayout.LENGTH_PREFIX);
        batch.put(BatchLayout.MAGIC, BatchLayout.VERSION);
        return Samples.seal(batch);
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"NONE", "LZ4", "ZSTD"})
    void hostileBatch_isRefusedOrRead_withinItsMemory(Compression compression) {
        Rounds.run("batches " + compression, ROUNDS, seed -> {
            ByteBuffer batch = hostile(new Mutator(seed), compression);
            long codec = compression == Compression.NONE ? 0 : LARGEST_CODEC_BYTES;
            long most = codec + 8L * MAX_UNCOMPRESSED + 64L * batch.limit();
            assertThat(Allocated.bytes(() -> isAccepted(batch))).isLessThan(most);
            assertThat(Allocated.bytes(() -> isReadable(batch)))
                    .isLessThan(most + 64L * MAX_UNCOMPRESSED);
            if (isAccepted(batch)) {
                assertThat(Samples.read(batch)).hasSize(RecordBatch.at(batch, 0).recordCount());
            }
        });
    }

    @Test
    void batchAnywhereInNoise_isJudgedWithoutAnException() {
        Rounds.run("noise", ROUNDS, seed -> {
            Mutator mutator = new Mutator(seed);
            byte[] noise = mutator.noise(300);
            ByteBuffer buffer = mutator.random().nextBoolean()
                    ? ByteBuffer.wrap(noise)
                    : ByteBuffer.allocateDirect(noise.length).put(noise).flip();
            int position = mutator.random().nextInt(noise.length + 40) - 20;
            assertThat(RecordBatch.check(buffer, position, (int) mutator.extreme()))
                    .isNotEqualTo(BatchStatus.VALID);
        });
    }

    private static boolean isAccepted(ByteBuffer batch) {
        try {
            BatchValidator.validate(batch, 0, 1 << 20, MAX_UNCOMPRESSED, MAX_UNCOMPRESSED);
            return true;
        } catch (RecordException refused) {
            return refused.code() == RecordException.Code.MISSING_CODEC;
        }
    }

    private static boolean isReadable(ByteBuffer batch) {
        try {
            RecordCursor records = RecordBatch.at(batch, 0).records(MAX_UNCOMPRESSED);
            while (records.next()) {
                if (records.toRecord().timestamp() < 0) {
                    throw new AssertionError("a record of before 1970");
                }
            }
            return true;
        } catch (RecordException refused) {
            return false;
        }
    }
}
