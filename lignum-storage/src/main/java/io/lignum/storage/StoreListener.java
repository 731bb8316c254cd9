package io.lignum.storage;

/**
 * Is told what a store does, for metrics and alarms. Called on engine threads, on appending and
 * reading ones: it must be quick, must not call back into the store, and must not throw. Durations
 * are nanoseconds.
 */
public interface StoreListener {

    /** Ignores everything. */
    StoreListener NONE = new StoreListener() {};

    /** A group of appends was acknowledged; {@code nanos} runs from its first append. */
    default void acknowledged(TopicLog log, int records, int bytes, long nanos) {}

    /**
     * Bytes were handed to the kernel, and the log end offset says so already; they are not forced
     * yet. A {@link TopicLog#replicationCursor} finds them. {@code bytes} may be 0.
     */
    default void written(TopicLog log, int bytes, long nanos) {}

    /**
     * All below {@code flushedEnd} is forced now, and {@link TopicLog#flushedOffset} says so
     * already. With {@link Durability#ALWAYS} the appends below it are not acknowledged yet.
     */
    default void flushed(TopicLog log, long flushedEnd) {}

    /** A file was forced. */
    default void forced(TopicLog log, long nanos) {}

    /** A segment was sealed. */
    default void sealed(TopicLog log) {}

    /** A topic was opened. */
    default void recovered(TopicLog log, RecoveryReport report) {}

    /** A topic was created or deleted; it is in {@link LogStore#topics()} or no longer there. */
    default void topicsChanged(int topics) {}

    /**
     * Reading met bytes that are not what was written. Called on the reading thread, each time that
     * a reader comes there; what is below and behind can be read as before.
     */
    default void damaged(TopicLog log, StorageException.CorruptLog cause) {}

    /** The disk failed under a topic: it takes no appends until the store is opened again. */
    default void failed(TopicLog log, StorageException cause) {}

    /**
     * The store failed: {@link StorageException.DiskFailed} or
     * {@link StorageException.EngineFailed}. It takes no appends and forces nothing until it is
     * opened again; a node should end. Called once in the life of a store, on the thread that
     * failed, after pending calls were completed.
     */
    default void storeFailed(StorageException cause) {}
}
