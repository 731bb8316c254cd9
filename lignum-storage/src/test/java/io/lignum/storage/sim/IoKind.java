package io.lignum.storage.sim;

/** What changes a disk. Each is counted, and each can fail or be the last before the power goes. */
public enum IoKind {
    CREATE,
    WRITE,
    TRUNCATE,
    FORCE,
    RENAME,
    DELETE,
    FORCE_DIRECTORY
}
