package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;

import io.lignum.record.Compression;
import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatchBuilder;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Which batches are passed to the pool that computes, so that they hold up no event loop. */
class BatchAppenderTest {

    private static final int BEFORE = 26;

    @ParameterizedTest
    @EnumSource(names = {"NONE", "LZ4", "ZSTD"})
    void compressionIsRecognised_whereverTheBatchStandsInItsRequest(Compression compression) {
        for (int filling : new int[] {0, 0xff}) {
            assertThat(BatchAppender.isCompressed(batch(compression, (byte) filling)))
                    .as("the bytes before the batch are %d", filling)
                    .isEqualTo(compression != Compression.NONE);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "LZ4", "ZSTD"})
    void bytesTooShortForABatch_areNotCompressed(Compression compression) {
        ByteString batch = batch(compression, (byte) 0xff);
        assertThat(BatchAppender.isCompressed(batch.substring(0, 20))).isFalse();
        assertThat(BatchAppender.isCompressed(ByteString.EMPTY)).isFalse();
    }

    /** As a request arrives: the batch is a view of the bytes of the whole request. */
    private static ByteString batch(Compression compression, byte filling) {
        ByteBuffer batch = RecordBatchBuilder.build(
                List.of(LogRecord.of(new byte[1000]), LogRecord.of(new byte[1000])),
                compression,
                0);
        byte[] request = new byte[BEFORE + batch.remaining()];
        Arrays.fill(request, 0, BEFORE, filling);
        batch.get(request, BEFORE, batch.remaining());
        return UnsafeByteOperations.unsafeWrap(request).substring(BEFORE);
    }
}
