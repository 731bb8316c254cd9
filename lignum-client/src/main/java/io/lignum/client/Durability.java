package io.lignum.client;

/** When a topic acknowledges an append. */
public enum Durability {
    /** When the bytes were forced to the disk. Acknowledged records survive a power failure. */
    ALWAYS,
    /** When the operating system has the bytes. The node forces them at an interval. */
    INTERVAL,
    /** When the operating system has the bytes. The node forces full segments and idle logs. */
    OS
}
