package io.lignum.storage;

/**
 * When an append is acknowledged. All three survive {@code kill -9}; only ALWAYS survives power
 * loss.
 */
public enum Durability {
    /** After fdatasync of the file that holds it. The default. */
    ALWAYS,
    /**
     * After the kernel has the bytes; they are forced within {@link StoreConfig#flushInterval()}.
     */
    INTERVAL,
    /**
     * After the kernel has the bytes; they are forced when a segment is sealed or the store closed.
     */
    OS
}
