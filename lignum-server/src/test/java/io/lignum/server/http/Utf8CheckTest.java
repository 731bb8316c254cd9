package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Agrees with the JDK's decoder, however the bytes are cut into pieces. */
class Utf8CheckTest {

    private static final int[] EDGES = {
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
        0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF
    };

    private static boolean decodes(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void bytes_areUtf8_exactlyIfTheyDecode() {
        Random random = new Random(1);
        for (int run = 0; run < 200_000; run++) {
            byte[] bytes = new byte[1 + random.nextInt(5)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) EDGES[random.nextInt(EDGES.length)];
            }
            int cut = random.nextInt(bytes.length + 1);
            List<byte[]> pieces = List.of(
                    Arrays.copyOf(bytes, cut), Arrays.copyOfRange(bytes, cut, bytes.length));
            assertThat(Utf8Check.firstWrong(pieces).isEmpty())
                    .as(Arrays.toString(bytes))
                    .isEqualTo(decodes(bytes));
        }
    }

    @Test
    void firstWrongByte_isCountedOverThePieces() {
        assertThat(Utf8Check.firstWrong(List.of(new byte[3], new byte[] {'a', (byte) 0xC0})))
                .hasValue(4);
        assertThat(Utf8Check.firstWrong(List.of(new byte[] {'a', (byte) 0xC3}))).hasValue(2);
    }
}
