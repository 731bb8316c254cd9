package io.lignum.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

class EncodersTest {

    private static final String HOSTILE =
            "a\nINFO forged\r\u001b[31mred\u0007\u0000\u2028\u202e\u0085 \"quoted\\";

    @Test
    void textLine_cannotBeEndedOrColouredFromOutside() {
        TextEncoder encoder = new TextEncoder();
        encoder.start();
        String line = new String(encoder.encode(event(HOSTILE, null)), StandardCharsets.UTF_8);
        assertThat(line)
                .endsWith("Test: a\\u000aINFO forged\\u000d\\u001b[31mred\\u0007\\u0000"
                        + "\\u2028\\u202e\\u0085 \"quoted\\\n");
        assertThat(line.chars().filter(c -> c == '\n').count()).isEqualTo(1);
    }

    @Test
    void stackTrace_isIndentedAndEscaped() {
        TextEncoder encoder = new TextEncoder();
        encoder.start();
        byte[] bytes = encoder.encode(event("failed", new IOException("x\n\u001b[2Jy")));
        String text = new String(bytes, StandardCharsets.UTF_8);
        assertThat(text).doesNotContain("\u001b").contains("    java.io.IOException: x\n");
        assertThat(text.lines().skip(1)).allMatch(line -> line.startsWith("    "));
    }

    @ParameterizedTest
    @ValueSource(strings = {HOSTILE, "", "\uD83C\uDF33", "\uD83C"})
    void jsonLine_isOneLineOfAsciiThatHoldsTheMessage(String message) throws IOException {
        JsonLineEncoder encoder = new JsonLineEncoder();
        encoder.start();
        byte[] bytes = encoder.encode(event(message, new IOException(HOSTILE)));
        String line = new String(bytes, StandardCharsets.US_ASCII);
        assertThat(line).matches("[ -~]*\n");
        JsonNode json = new ObjectMapper().readTree(line);
        assertThat(json.get("level").asText()).isEqualTo("WARN");
        assertThat(json.get("message").asText()).isEqualTo(message);
        assertThat(json.get("error").asText()).contains("IOException");
    }

    private static LoggingEvent event(String message, @Nullable Throwable error) {
        Logger logger = new LoggerContext().getLogger("io.lignum.Test");
        return new LoggingEvent("", logger, Level.WARN, "{}", error, new Object[] {message});
    }
}
