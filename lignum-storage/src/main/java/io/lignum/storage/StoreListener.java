package io.lignum.storage;

/**
 * Receives the events of a store, for metrics and alarms. Called on engine threads and on the
 * threads that append and read. A listener must be quick, must not call back into the store, and
 * must not throw. Durations are nanoseconds.
 */
public interface StoreListener {

    /** Ignores everything. */
    StoreListener NONE = new StoreListener() {};

    /** A group of appends was acknowledged; {@code nanos} runs from its first append. */
    default void acknowledged(TopicLog log, int records, int bytes, long nanos) {}

    /**
     * Batches were written to the kernel, and the log end offset includes them; they are not forced
     * yet. A {@link TopicLog#replicationCursor} shows them.
     *
     * @param batches valid during the call only
     */
    default void written(TopicLog log, WrittenBatches batches, long nanos) {}

    /**
     * Everything below {@code flushedEnd} is forced, and {@link TopicLog#flushedOffset} includes
     * it. With {@link Durability#ALWAYS} the appends below it are not acknowledged yet.
     */
    default void flushed(TopicLog log, long flushedEnd) {}

    /** A file was forced. */
    default void forced(TopicLog log, long nanos) {}

    /** A segment was sealed. */
    default void sealed(TopicLog log) {}

    /** A topic was opened. */
    default void recovered(TopicLog log, RecoveryReport report) {}

    /** A topic was created or deleted, and {@link LogStore#topics()} shows that already. */
    default void topicsChanged(int topics) {}

    /**
     * A reader found damaged bytes. Called on the reading thread, each time that a reader comes to
     * them; records before and after can be read.
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
