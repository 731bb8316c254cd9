package io.lignum.server.grpc;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** The same as {@link TextRoundTripTest} with a text of a million lines and more. */
class TextRoundTripIT {

    @TempDir
    private Path directory;

    @Test
    void aMillionLinesAsMessages_comeBackByteForByte() throws Exception {
        try (GrpcNode node = GrpcNode.start(directory)) {
            new TextRoundTrip(node, 1_000_000, false).run();
        }
    }

    @Test
    void twoMillionLinesAsRawBatches_comeBackByteForByte() throws Exception {
        try (GrpcNode node = GrpcNode.start(directory)) {
            new TextRoundTrip(node, 2_000_000, true).run();
        }
    }
}
