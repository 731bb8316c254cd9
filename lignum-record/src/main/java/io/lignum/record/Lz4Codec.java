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

/**
 * One LZ4 frame with independent blocks of 64 KiB and no checksums of its own, as the batch has
 * one: what Kafka's clients write and read.
 */
final class Lz4Codec implements Codec {
    @Override
    public OutputStream compressing(OutputStream sink) throws IOException {
        return new LZ4FrameOutputStream(sink, BLOCKSIZE.SIZE_64KB, FLG.Bits.BLOCK_INDEPENDENCE);
    }

    /** Allocates two blocks of the size the frame names, which the format limits to 4 MiB. */
    @Override
    public InputStream decompressing(InputStream source, int maxBytes) throws IOException {
        // One frame only: Kafka's reader stops after the first, so what follows would be read by
        // some consumers and not by others.
        return new LZ4FrameInputStream(
                source,
                LZ4Factory.fastestInstance().safeDecompressor(),
                XXHashFactory.fastestInstance().hash32(),
                true);
    }
}
