package io.lignum.client;

import io.lignum.record.Utf8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** The codecs for common types. */
public final class Codecs {

    private static final Codec<byte[]> BYTES = of(bytes -> bytes, bytes -> bytes);
    private static final Codec<String> UTF_8 = of(Utf8::encode, Codecs::text);
    private static final Codec<Long> INT64 =
            of(number -> ByteBuffer.allocate(Long.BYTES).putLong(number).array(), Codecs::number);

    private Codecs() {}

    /** The bytes themselves, without a copy. */
    public static Codec<byte[]> bytes() {
        return BYTES;
    }

    /**
     * Text in UTF-8. Refuses text with an unpaired surrogate, and bytes that are not UTF-8, with an
     * IllegalArgumentException.
     */
    public static Codec<String> utf8() {
        return UTF_8;
    }

    /**
     * A long in eight bytes, big-endian. Refuses other lengths with an IllegalArgumentException.
     */
    public static Codec<Long> int64() {
        return INT64;
    }

    /** Makes a codec of two functions, for instance of a JSON library. */
    public static <T> Codec<T> of(Function<T, byte[]> encode, Function<byte[], T> decode) {
        return new Codec<>() {
            @Override
            public byte[] encode(T value) {
                return encode.apply(value);
            }

            @Override
            public T decode(byte[] bytes) {
                return decode.apply(bytes);
            }
        };
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException broken) {
            throw new IllegalArgumentException("not UTF-8", broken);
        }
    }

    private static Long number(byte[] bytes) {
        if (bytes.length != Long.BYTES) {
            throw new IllegalArgumentException(
                    "a 64-bit number has 8 bytes, these are " + bytes.length);
        }
        return ByteBuffer.wrap(bytes).getLong();
    }
}
