package io.lignum.server.logging;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/**
 * Encodes each log event as one line of JSON, for log collectors. JSON escapes untrusted text,
 * including line breaks, so no client can forge a line. Logback calls it on the thread that logs,
 * one at a time.
 */
final class JsonLineEncoder extends EncoderBase<ILoggingEvent> {

    private static final byte[] NONE = {};

    private final JsonFactory json =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private final ThrowableProxyConverter traces = new ThrowableProxyConverter();

    @Override
    public void start() {
        traces.start();
        super.start();
    }

    @Override
    public byte[] headerBytes() {
        return NONE;
    }

    @Override
    public byte[] footerBytes() {
        return NONE;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(256)) {
            try (JsonGenerator out = json.createGenerator(bytes)) {
                out.writeStartObject();
                out.writeStringField(
                        "time", Instant.ofEpochMilli(event.getTimeStamp()).toString());
                out.writeStringField("level", event.getLevel().toString());
                out.writeStringField("logger", event.getLoggerName());
                out.writeStringField("thread", event.getThreadName());
                out.writeStringField("message", event.getFormattedMessage());
                if (event.getThrowableProxy() != null) {
                    out.writeStringField("error", traces.convert(event));
                }
                out.writeEndObject();
            }
            bytes.append('\n');
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }
}
