package io.lignum.storage;

/** When an append to a topic is acknowledged. */
public enum Durability {
    /** After the bytes were forced to the disk. */
    ALWAYS,
    /** Once the kernel has the bytes; they are forced at intervals. */
    INTERVAL,
    /** Once the kernel has the bytes; the kernel decides when to force them. */
    OS
}
