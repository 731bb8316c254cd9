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
 * Parses bodies as JSON in bounded memory. Any thread; blocks while too many large bodies are being
 * parsed.
 */
final class JsonReading {

    /**
     * Minimum for the longest string, since topics and keys may be longer than a very small
     * message.
     */
    private static final int LEAST_STRING_CHARS = 64 * 1024;

    /** From this size on a body counts as large: the parser's own buffers matter for it. */
    private static final int LARGE_BYTES = 64 * 1024;

    /**
     * Heap that one large body needs, with a margin, for the number of large bodies parsed at once.
     */
    private static final long HEAP_PER_LARGE_BODY = 64L << 20;

    private final int messageMaxBytes;
    private final JsonFactory factory;
    private final Semaphore large;

    JsonReading(Limits limits) {
        messageMaxBytes = limits.messageMaxBytes();
        // Base64 needs four characters for three bytes.
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
        body.firstNotUtf8().ifPresent(at -> {
            throw ServiceException.invalid("body", "the body is not UTF-8 at byte " + at);
        });
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
                        "a string is longer than the largest message")
                : ServiceException.invalid(
                        "body", "the JSON is nested too deeply or a number is too long");
    }
}
