package io.lignum.client;

/**
 * How keys or values become bytes and are made of bytes again. Used by several threads at once.
 * Never sees a null: an absent key or value stays absent.
 */
public interface Codec<T> {

    /**
     * The bytes of the value, which nobody changes afterwards.
     *
     * @throws RuntimeException the value cannot be encoded; {@code send} throws it to its caller
     */
    byte[] encode(T value);

    /**
     * The value of the bytes, which are the codec's own.
     *
     * @throws RuntimeException these bytes mean nothing; the consumer says so with {@link
     *     LignumException.UndecodableRecord}
     */
    T decode(byte[] bytes);
}
