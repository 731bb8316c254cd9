package io.lignum.server.cli;

import io.lignum.client.ProducerBuilder;
import io.lignum.record.Compression;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.Locale;

/** The options for batching messages. */
final class ProducerOptions {

    /**
     * A delivery includes retries during a node's restart, so it may take longer than one response.
     */
    private static final int ANSWERS = 3;

    @Option(
            names = "--batch",
            paramLabel = "SIZE",
            converter = NumberFormats.Size.class,
            description = "largest batch, for example 64KiB")
    private @Nullable Long batch;

    @Option(
            names = "--linger",
            paramLabel = "TIME",
            description = "how long a batch waits for more messages, for example 5ms (default: 0)")
    private Duration linger = Duration.ZERO;

    @Option(
            names = "--compression",
            paramLabel = "CODEC",
            description = "none, lz4 or zstd (default: none)")
    private String compression = "none";

    ProducerBuilder<byte[], byte[]> apply(
            ProducerBuilder<byte[], byte[]> builder, Duration timeout) {
        try {
            builder.linger(linger)
                    .compression(codec())
                    .deliveryTimeout(timeout.multipliedBy(ANSWERS));
            return batch == null ? builder : builder.batchBytes(Math.toIntExact(batch));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
    }

    private Compression codec() {
        return switch (compression.toLowerCase(Locale.ROOT)) {
            case "none" -> Compression.NONE;
            case "lz4" -> Compression.LZ4;
            case "zstd" -> Compression.ZSTD;
            default ->
                throw CommandFailure.usage(
                        "--compression: '" + compression + "' is not one of none, lz4, zstd");
        };
    }
}
