package io.lignum.record;

import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import net.jpountz.xxhash.XXHashFactory;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Reads and writes one LZ4 frame with independent blocks of 64 KiB and without checksums, since the
 * batch has one. Kafka's clients write and read the same.
 */
final class Lz4Codec implements CompressionCodec {
    private static final byte[] FRAME_MAGIC = {0x04, 0x22, 0x4D, 0x18};

    @Override
    public OutputStream compressing(OutputStream sink) throws IOException {
        return new LZ4FrameOutputStream(sink, BLOCKSIZE.SIZE_64KB, FLG.Bits.BLOCK_INDEPENDENCE);
    }

    /** Allocates two blocks of the size the frame names, which the format limits to 4 MiB. */
    @Override
    public InputStream decompressing(InputStream source, int maxBytes) throws IOException {
        requireFrame(source);
        // One frame only. Kafka's reader stops after the first, so only some consumers would read
        // what follows.
        return new LZ4FrameInputStream(
                source,
                LZ4Factory.fastestInstance().safeDecompressor(),
                XXHashFactory.fastestInstance().hash32(),
                true);
    }

    /** Refuses other kinds of frames, which the library would skip; Kafka's reader does not. */
    private static void requireFrame(InputStream source) throws IOException {
        source.mark(FRAME_MAGIC.length);
        if (!Arrays.equals(source.readNBytes(FRAME_MAGIC.length), FRAME_MAGIC)) {
            throw new IOException("it does not begin with an LZ4 frame");
        }
        source.reset();
    }
}
