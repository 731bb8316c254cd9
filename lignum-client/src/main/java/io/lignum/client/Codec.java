package io.lignum.client;

/**
 * Converts keys or values to bytes and back. Several threads call a codec at the same time. The
 * client does not call it for a missing key or value.
 */
public interface Codec<T> {

    /**
     * Returns the bytes of the value. The array must not be changed afterwards.
     *
     * @throws RuntimeException the value cannot be encoded; {@code send} throws it to its caller
     */
    byte[] encode(T value);

    /**
     * Returns the value of the bytes. The array belongs to the codec.
     *
     * @throws RuntimeException the bytes are invalid; the consumer reports
     *     {@link LignumException.UndecodableRecord}
     */
    T decode(byte[] bytes);
}
