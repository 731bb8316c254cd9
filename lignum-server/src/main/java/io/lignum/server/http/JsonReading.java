package io.lignum.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;

import io.lignum.record.IoErrors;
import io.lignum.server.config.Limits;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.ServiceException;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * Reads bodies as JSON in bounded memory. Any thread; blocks while too many large ones are read.
 */
final class JsonReading {

    /** Topics and keys are longer than a message when that is very small. */
    private static final int LEAST_STRING_CHARS = 64 * 1024;

    /** A body from here on is large: the parser's own buffers for it matter. */
    private static final int LARGE_BYTES = 64 * 1024;

    /** What the parser needs for one long string, with some room, as a share of the heap. */
    private static final long HEAP_PER_LARGE_BODY = 64L << 20;

    private final int messageMaxBytes;
    private final JsonFactory factory;
    private final Semaphore large;

    JsonReading(Limits limits) {
        messageMaxBytes = limits.messageMaxBytes();
        // Base64 takes four characters for three bytes.
        factory = Json.reading(Math.max(LEAST_STRING_CHARS, messageMaxBytes / 3 * 4 + 8));
        large = new Semaphore((int) Math.max(
                1, Math.min(1_024, Runtime.getRuntime().maxMemory() / HEAP_PER_LARGE_BODY)));
    }

    interface Parse<T> {
        T run(JsonParser json) throws IOException;
    }

    <T> T read(Body body, Parse<T> parse) {
        // The bytes of the messages, and their text.
        body.memory().take(2L * body.length());
        if (body.length() < LARGE_BYTES) {
            return parsed(body, parse);
        }
        large.acquireUninterruptibly();
        try {
            return parsed(body, parse);
        } finally {
            large.release();
        }
    }

    private <T> T parsed(Body body, Parse<T> parse) {
        try (JsonParser json = factory.createParser(body.stream())) {
            return parse.run(json);
        } catch (StreamConstraintsException e) {
            throw constraint(e);
        } catch (JsonProcessingException e) {
            String at = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw ServiceException.invalid("body", "bad JSON" + at + ": " + e.getOriginalMessage());
        } catch (IOException e) {
            throw ServiceException.invalid("body", "bad JSON: " + IoErrors.describe(e));
        }
    }

    private ServiceException constraint(StreamConstraintsException e) {
        return String.valueOf(e.getOriginalMessage()).startsWith("String value length")
                ? ServiceException.overLimit(
                        ErrorCode.MESSAGE_TOO_LARGE,
                        "limits.message-max-bytes",
                        messageMaxBytes,
                        "a string is longer than any message")
                : ServiceException.invalid("body", "the JSON is too deep or a number too long");
    }
}
