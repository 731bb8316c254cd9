package io.lignum.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;

import io.lignum.record.RecordException.InvalidBatch;
import io.lignum.record.RecordException.TooLarge;

import net.jpountz.lz4.LZ4FrameOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

class CompressionCodecTest {
    private static ByteBuffer unpack(Compression compression, byte[] packed, int maxBytes) {
        return CompressionCodecs.decompress(
                compression, ByteBuffer.wrap(packed), DecompressionLimit.of(maxBytes));
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"LZ4", "ZSTD"})
    void memory_isReservedBeforeItIsTaken_andARefusalComesThrough(Compression compression) {
        byte[] packed = CompressionCodecs.compress(compression, new byte[1_000_000], 0, 1_000_000);
        long[] reserved = {0};
        CompressionCodecs.decompress(
                compression,
                ByteBuffer.wrap(packed),
                new DecompressionLimit(1_000_000, bytes -> reserved[0] += bytes));
        assertThat(reserved[0]).isBetween(1_000_000L, 3_000_000L);
        IllegalStateException refusal = new IllegalStateException("no memory for that");
        DecompressionLimit small = new DecompressionLimit(1_000_000, bytes -> {
            if (bytes > 100_000) {
                throw refusal;
            }
        });
        assertThatThrownBy(() ->
                        CompressionCodecs.decompress(compression, ByteBuffer.wrap(packed), small))
                .isSameAs(refusal);
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"LZ4", "ZSTD"})
    void everySize_comesBackAndTheBoundIsExact(Compression compression) {
        Random random = new Random(3);
        for (int size : new int[] {0, 1, 4095, 4096, 4097, 65535, 65536, 65537, 1_000_000}) {
            byte[] data = new byte[size];
            random.nextBytes(data);
            Arrays.fill(data, size / 2, size, (byte) 1);
            byte[] packed = CompressionCodecs.compress(compression, data, 0, size);
            assertThat(Samples.bytesOf(unpack(compression, packed, size))).isEqualTo(data);
            if (size > 0) {
                assertThatThrownBy(() -> unpack(compression, packed, size - 1))
                        .isInstanceOf(TooLarge.class);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"LZ4", "ZSTD"})
    void bomb_isTooLarge(Compression compression) throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        CompressionCodec codec = compression == Compression.LZ4 ? new Lz4Codec() : new ZstdCodec();
        try (OutputStream packing = codec.compressing(bomb)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 256; i++) {
                packing.write(zeros);
            }
        }
        ByteBuffer header = RecordBatchBuilder.build(List.of(LogRecord.of("x")), compression, 5);
        ByteBuffer batch = Samples.withRecords(header, bomb.toByteArray());
        assertThat(RecordBatch.check(batch, 0, 2 << 20)).isEqualTo(BatchStatus.VALID);
        assertThatThrownBy(() -> BatchValidator.validate(batch, 0, 2 << 20, 1 << 20, 1 << 20))
                .isInstanceOf(TooLarge.class);
        assertThatThrownBy(() -> RecordBatch.at(batch, 0).records())
                .isInstanceOf(TooLarge.class)
                .hasMessageContaining("67108864");
    }

    @Test
    void zstdWindowBeyondTheBound_isTooLarge() {
        // A frame that names a window of 2 GiB, and one that claims as much content in one segment.
        byte[] window = HexFormat.of().parseHex("28b52ffd00a8010000");
        byte[] content = HexFormat.of().parseHex("28b52ffda000000080010000");
        for (byte[] frame : List.of(window, content)) {
            assertThatThrownBy(() -> unpack(Compression.ZSTD, frame, 1 << 20))
                    .isInstanceOf(TooLarge.class);
        }
    }

    @Test
    void zstdOfAHighLevel_isReadWhileItsWindowIsWithinTheBound() {
        byte[] data = new byte[100_000];
        new Random(4).nextBytes(data);
        byte[] packed = Zstd.compress(data, 19);
        assertThat(Samples.bytesOf(unpack(Compression.ZSTD, packed, 100_000))).isEqualTo(data);
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"LZ4", "ZSTD"})
    void streamCutAnywhere_isInvalid(Compression compression) {
        byte[] data = new byte[500];
        new Random(5).nextBytes(data);
        byte[] packed = CompressionCodecs.compress(compression, data, 0, 500);
        for (int size = 0; size < packed.length; size++) {
            byte[] cut = Arrays.copyOf(packed, size);
            assertThatThrownBy(() -> unpack(compression, cut, 1000))
                    .as("%d of %d bytes", size, packed.length)
                    .isInstanceOf(InvalidBatch.class);
        }
    }

    @Test
    void bytesAfterTheLz4Frame_areInvalid() {
        byte[] packed = CompressionCodecs.compress(Compression.LZ4, new byte[50], 0, 50);
        byte[] twice = Arrays.copyOf(packed, packed.length * 2);
        System.arraycopy(packed, 0, twice, packed.length, packed.length);
        assertThatThrownBy(() -> unpack(Compression.LZ4, twice, 1000))
                .isInstanceOf(InvalidBatch.class)
                .hasMessageContaining("after the compressed stream");
    }

    @Test
    void bytesAfterTheZstdFrame_areInvalid() {
        byte[] packed = CompressionCodecs.compress(Compression.ZSTD, new byte[50], 0, 50);
        byte[] more = Arrays.copyOf(packed, packed.length + 1);
        assertThatThrownBy(() -> unpack(Compression.ZSTD, more, 1000))
                .isInstanceOf(InvalidBatch.class);
    }

    @Test
    void lz4FrameOtherReadersRefuse_isInvalid() throws IOException {
        byte[] skippable = HexFormat.of().parseHex("502a4d180000000004224d18");
        byte[] frame = CompressionCodecs.compress(Compression.LZ4, new byte[50], 0, 50);
        byte[] behindSkippable = Arrays.copyOf(skippable, 8 + frame.length);
        System.arraycopy(frame, 0, behindSkippable, 8, frame.length);
        assertThatThrownBy(() -> unpack(Compression.LZ4, behindSkippable, 1000))
                .isInstanceOf(InvalidBatch.class);
    }

    @Test
    void lz4Frame_hasIndependentBlocksOf64KiBAndNoChecksums() {
        byte[] frame = CompressionCodecs.compress(Compression.LZ4, new byte[50], 0, 50);
        assertThat(HexFormat.of().formatHex(frame, 0, 6)).isEqualTo("04224d186040");
    }

    @ParameterizedTest
    @EnumSource(LZ4FrameOutputStream.BLOCKSIZE.class)
    void lz4OfAnyBlockSize_isRead(LZ4FrameOutputStream.BLOCKSIZE blocks) throws IOException {
        byte[] data = new byte[300_000];
        new Random(6).nextBytes(data);
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        try (OutputStream packing = new LZ4FrameOutputStream(
                sink,
                blocks,
                LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE,
                LZ4FrameOutputStream.FLG.Bits.CONTENT_CHECKSUM)) {
            packing.write(data);
        }
        assertThat(Samples.bytesOf(unpack(Compression.LZ4, sink.toByteArray(), 1 << 20)))
                .isEqualTo(data);
    }
}
