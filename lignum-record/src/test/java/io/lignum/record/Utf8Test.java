package io.lignum.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

class Utf8Test {

    private static final String GRIN = "\ud83d\ude00";

    @ParameterizedTest
    @ValueSource(
            strings = {"hi \ud83d", "\ude00", "\ude00\ud83d", GRIN + "\ud83d", "\ud83d\ud83d\ude00"
            })
    void halfASurrogatePair_isRefusedWhereverTextBecomesBytes(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Utf8.encode(text))
                .withMessageContaining("an unpaired surrogate");
        assertThatIllegalArgumentException().isThrownBy(() -> Utf8.sizeOf(text));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Utf8.put(ByteBuffer.allocate(32), 0, text));
        assertThat(Utf8.unpairedSurrogate(text)).isPresent();
        assertThatIllegalArgumentException().isThrownBy(() -> LogRecord.of(text));
        assertThatIllegalArgumentException().isThrownBy(() -> new RecordHeader(text, new byte[0]));
    }

    @Test
    void halfASurrogatePair_isNamedWithItsPlace() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Utf8.encode("hi \ud83d"))
                .withMessageContaining("\\ud83d")
                .withMessageContaining("index 3");
    }

    @Test
    void wholePairs_becomeFourBytes() {
        String text = "a" + GRIN + "\u00e9\u20ac";
        assertThat(Utf8.encode(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(Utf8.unpairedSurrogate(text)).isEmpty();
        assertThat(LogRecord.of(text).value()).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(new RecordHeader(text, null).key()).isEqualTo(text);
        assertThat(LogRecord.of("").withHeaders(List.of()).value()).isEmpty();
    }
}
