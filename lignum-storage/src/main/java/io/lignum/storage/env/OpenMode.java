package io.lignum.storage.env;

/** How a file is opened. */
public enum OpenMode {
    /** For reading; must exist. */
    READ,
    /** For reading and writing; must exist. */
    UPDATE,
    /** For reading and writing; created when absent. */
    WRITE,
    /** For reading and writing; must not exist. */
    CREATE_NEW
}
