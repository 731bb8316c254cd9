package io.lignum.server.grpc;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class TextRoundTripTest {

    @TempDir
    private Path directory;

    @Test
    void linesSentAsMessages_comeBackByteForByte() throws Exception {
        try (GrpcNode node = GrpcNode.start(directory)) {
            new TextRoundTrip(node, 20_000, false).run();
        }
    }

    @Test
    void linesSentAsRawBatches_comeBackByteForByte() throws Exception {
        try (GrpcNode node = GrpcNode.start(directory)) {
            new TextRoundTrip(node, 100_000, true).run();
        }
    }
}
