package io.lignum.record;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Compresses and decompresses the records of a batch, and translates the exceptions of the
 * libraries. Stateless.
 */
final class CompressionCodecs {
    /** First estimate of the growth, so that memory is proportional to the source. */
    private static final int EXPECTED_RATIO = 4;

    private static final int LEAST_BUFFER_BYTES = 4096;

    private CompressionCodecs() {}

    static byte[] compress(Compression compression, byte[] data, int offset, int length) {
        try {
            ByteArrayOutputStream sink = new ByteArrayOutputStream(length / 2 + 64);
            try (OutputStream packing = codec(compression).compressing(sink)) {
                packing.write(data, offset, length);
            }
            return sink.toByteArray();
        } catch (IOException e) {
            // The sink is memory, so the library itself failed.
            throw new UncheckedIOException(e);
        } catch (LinkageError e) {
            throw missing(compression, e);
        }
    }

    /**
     * Decompresses all bytes between the source's position and limit; the position does not change.
     *
     * @return a heap buffer from 0 to its limit
     */
    static ByteBuffer decompress(
            Compression compression, ByteBuffer source, DecompressionLimit limit) {
        try {
            return decompress(codec(compression), compression, source, limit);
        } catch (Refused refused) {
            throw refused.refusal;
        } catch (LinkageError e) {
            throw missing(compression, e);
        }
    }

    private static ByteBuffer decompress(
            CompressionCodec codec,
            Compression compression,
            ByteBuffer source,
            DecompressionLimit limit) {
        if (!source.hasRemaining()) {
            // Libraries treat an empty stream differently: as empty, or as damaged.
            throw new RecordException.InvalidBatch("records", "the batch has no records");
        }
        BufferInputStream packed = new BufferInputStream(source.duplicate());
        try (InputStream plain = codec.decompressing(packed, limit.maxBytes())) {
            ByteBuffer result = readAll(plain, source.remaining(), limit);
            if (packed.remaining() > 0) {
                throw new RecordException.InvalidBatch(
                        "records", packed.remaining() + " bytes after the compressed stream");
            }
            return result;
        } catch (RecordException | Refused e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            if (e instanceof IOException refusal && codec.isTooLarge(refusal)) {
                throw new RecordException.TooLarge(
                        RecordException.Subject.UNCOMPRESSED,
                        "decompression needs more memory",
                        limit.maxBytes());
            }
            // The library throws this because of the bytes.
            throw new RecordException.InvalidBatch(
                    "records", "not a " + compression + " stream: " + IoErrors.describe(e), e);
        }
    }

    /**
     * Reads to the end. The buffer grows with the bytes that come out, and not with the size that
     * the source claims.
     */
    private static ByteBuffer readAll(InputStream plain, int packedBytes, DecompressionLimit limit)
            throws IOException {
        int maxBytes = limit.maxBytes();
        long guess = Math.max(LEAST_BUFFER_BYTES, (long) packedBytes * EXPECTED_RATIO);
        byte[] buffer = allocate((int) Math.min(maxBytes, guess), limit);
        int size = 0;
        while (true) {
            if (size == buffer.length) {
                int next = plain.read();
                if (next < 0) {
                    break;
                }
                if (size == maxBytes) {
                    throw new RecordException.TooLarge(
                            RecordException.Subject.UNCOMPRESSED,
                            "decompressed records go on",
                            maxBytes);
                }
                byte[] larger = allocate((int) Math.min(maxBytes, Math.max(1, size) * 2L), limit);
                System.arraycopy(buffer, 0, larger, 0, size);
                buffer = larger;
                buffer[size++] = (byte) next;
            } else {
                int got = plain.read(buffer, size, buffer.length - size);
                if (got < 0) {
                    break;
                }
                size += got;
            }
        }
        return ByteBuffer.wrap(buffer, 0, size);
    }

    private static byte[] allocate(int bytes, DecompressionLimit limit) {
        try {
            limit.reserve().accept(bytes);
        } catch (RuntimeException refusal) {
            throw new Refused(refusal);
        }
        return new byte[bytes];
    }

    /** Distinguishes an exception of the caller's limit from one of the library. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final RuntimeException refusal;

        Refused(RuntimeException refusal) {
            super(refusal);
            this.refusal = refusal;
        }
    }

    private static CompressionCodec codec(Compression compression) {
        return switch (compression) {
            case LZ4 -> new Lz4Codec();
            case ZSTD -> new ZstdCodec();
            case NONE, GZIP, SNAPPY ->
                throw new RecordException.UnsupportedCodec(compression.toString());
        };
    }

    private static RecordException missing(Compression compression, LinkageError cause) {
        String artifact = compression == Compression.LZ4
                ? "at.yawk.lz4:lz4-java"
                : "com.github.luben:zstd-jni";
        return new RecordException.MissingCodec(compression, artifact, cause);
    }
}
