package io.lignum.storage;

/**
 * Decides when an append is acknowledged. With each value it survives {@code kill -9}; only with
 * ALWAYS it survives a power failure.
 */
public enum Durability {
    /** After fdatasync of the file that holds the append. The default. */
    ALWAYS,
    /**
     * After the kernel has the bytes, which are forced within {@link StoreConfig#flushInterval()}.
     */
    INTERVAL,
    /**
     * After the kernel has the bytes, which are forced when a full segment is sealed, when the log
     * is idle or closed, and on a flush.
     */
    OS
}
