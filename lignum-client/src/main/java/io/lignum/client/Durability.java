package io.lignum.client;

/** When an append to a topic is acknowledged. */
public enum Durability {
    /** After the bytes were forced to the disk: survives the loss of power. */
    ALWAYS,
    /** Once the operating system has them; forced at the node's interval. */
    INTERVAL,
    /** Once the operating system has them; forced when it likes. */
    OS
}
