package io.lignum.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;

import io.lignum.server.service.Page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Reads and writes JSON as a stream, without a tree and without reflection. Thread-safe. */
final class Json {

    private static final JsonFactory WRITING = new JsonFactory();

    private Json() {}

    /** Writes one JSON document. */
    interface Writer {
        void write(JsonGenerator out) throws IOException;
    }

    static byte[] bytes(Writer writer) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(256)) {
            try (JsonGenerator out = WRITING.createGenerator(bytes)) {
                writer.write(out);
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    /** Writes the leader, if there is one to report. */
    static void leader(JsonGenerator out, Optional<String> leader) throws IOException {
        if (leader.isPresent()) {
            out.writeStringField("leader", leader.get());
        }
    }

    /**
     * For a node of a cluster: writes how far the data reaches, and what a reader passes on to
     * continue.
     */
    static void freshness(JsonGenerator out, Page page, Optional<String> leader)
            throws IOException {
        if (leader.isPresent() && page.epoch().isPresent()) {
            out.writeNumberField("epoch", page.epoch().getAsInt());
        }
        if (page.highWatermark().isPresent()) {
            out.writeNumberField("high_watermark", page.highWatermark().getAsLong());
        }
        leader(out, leader);
    }

    /** A factory for parsers that refuse longer strings before they allocate memory for them. */
    static JsonFactory reading(int maxStringChars) {
        return JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(16)
                        .maxStringLength(maxStringChars)
                        .maxNumberLength(40)
                        .maxNameLength(1_000)
                        .build())
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
    }
}
