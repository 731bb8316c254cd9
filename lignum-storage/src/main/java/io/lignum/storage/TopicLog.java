package io.lignum.storage;

import io.lignum.record.LogRecord;
import io.lignum.record.StoredRecord;
import io.lignum.storage.internal.segment.EpochHistory;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Appends to and reads one topic's log. Any thread may call every method.
 *
 * <p>A blocking append returns when the topic's {@link Durability} has acknowledged it; an
 * asynchronous one completes a future on an engine thread, whose callbacks must not block.
 * Concurrent single records share a batch and a force. An append without a producer id that ended
 * with outcome UNKNOWN and is repeated may be in the log twice.
 *
 * <p>This class connects the parts of a log: {@link Appender} and {@link AppendQueue} admit
 * appends, {@link LogWriter} writes them, {@link LogAdmin} queues other changes for the writer,
 * {@link LogState} is what readers see, and {@link LogCursor} reads.
 *
 * <p>Errors are {@link StorageException}s; futures fail with them, too.
 */
public final class TopicLog {

    private final StoreShared store;
    private final UUID id;
    private final LogState state;
    private final ReadWaiters waiters;
    private final AppendQueue queue;
    private final Appender appender;
    private final LogAdmin admin;
    private final LogWriter writer;
    private volatile TopicMeta meta;

    TopicLog(
            StoreShared store,
            TopicMeta meta,
            Path directory,
            Path sideDirectory,
            Recovered recovered) {
        this.store = store;
        this.meta = meta;
        id = meta.id();
        waiters = new ReadWaiters(store.config().maxWaitingReads());
        state = new LogState(directory, recovered, waiters);
        SegmentFill fill = new SegmentFill(meta.name(), meta.config(), recovered.active());
        queue = new AppendQueue(store, fill, state);
        LogMaintenance maintenance =
                new LogMaintenance(this, store, state, () -> admin().continueSealing());
        writer = new LogWriter(this, store, state, queue, maintenance);
        appender = new Appender(store, queue, writer);
        Truncation truncation = new Truncation(store, state, sideDirectory);
        LogReset reset = new LogReset(this, store, maintenance, writer, truncation);
        admin = new LogAdmin(this, store, writer, maintenance, reset);
        if (recovered.damage() != null) {
            queue.refuse(recovered.damage());
        }
    }

    public String name() {
        return meta.name();
    }

    public UUID id() {
        return id;
    }

    public TopicConfig config() {
        return meta.config();
    }

    /** Appends a record and returns its offset, when the topic's durability has acknowledged it. */
    public long append(LogRecord record) {
        BlockedAppend ack = new BlockedAppend();
        appender.append(record, AppendOptions.NONE, ack);
        return ack.await().firstOffset();
    }

    /** Appends records as one batch: all or none. */
    public Appended append(List<LogRecord> records) {
        return append(records, AppendOptions.NONE);
    }

    public Appended append(List<LogRecord> records, AppendOptions options) {
        BlockedAppend ack = new BlockedAppend();
        appender.append(records, options, ack);
        return ack.await();
    }

    /**
     * Appends a batch that its producer built. Its header and CRC are checked and its bytes copied
     * before this returns; base offset and epoch are stamped into the copy.
     */
    public Appended append(ByteBuffer batch, AppendOptions options) {
        BlockedAppend ack = new BlockedAppend();
        appender.append(batch, options, ack);
        return ack.await();
    }

    /**
     * Appends a record. Fails with Overloaded when too many bytes are pending, where a blocking
     * append waits.
     */
    public CompletableFuture<Long> appendAsync(LogRecord record) {
        return appendAsync(record, AppendOptions.NONE);
    }

    public CompletableFuture<Long> appendAsync(LogRecord record, AppendOptions options) {
        Ack.OfRecord ack = new Ack.OfRecord();
        appender.append(record, options, ack);
        return ack;
    }

    public CompletableFuture<Appended> appendAsync(List<LogRecord> records, AppendOptions options) {
        Ack.OfBatch ack = new Ack.OfBatch();
        appender.append(records, options, ack);
        return ack;
    }

    public CompletableFuture<Appended> appendAsync(ByteBuffer batch, AppendOptions options) {
        Ack.OfBatch ack = new Ack.OfBatch();
        appender.append(batch, options, ack);
        return ack;
    }

    /**
     * Appends a batch that a leader stamped, byte for byte. Its base offset must be the log end
     * offset, its epoch not below the last batch's.
     *
     * @throws StorageException.NotFollowing the log does not {@link #follow}
     * @throws StorageException.EndOffsetMismatch another batch is next
     * @throws StorageException.InvalidBatch the bytes are no batch, or its epoch is too low
     */
    public CompletableFuture<Appended> appendStamped(ByteBuffer batch) {
        Ack.OfBatch ack = new Ack.OfBatch();
        appender.appendStamped(batch, ack);
        return ack;
    }

    /**
     * Why nothing can be appended: opening found durable bytes at the end of the log missing or
     * damaged. The rest is served. Null for a sound log.
     */
    public @Nullable StorageException damage() {
        return state.damage();
    }

    /**
     * First offset in the files. It is at or below the log start offset, since a trim removes whole
     * segments, and it is always the first of a batch, which the log start offset need not be.
     */
    public long firstStoredOffset() {
        return state.segments().get(0).baseOffset();
    }

    /** First offset that is served, inclusive. */
    public long logStartOffset() {
        return state.logStartOffset();
    }

    /** Exclusive end of the written records. */
    public long logEndOffset() {
        return state.writtenEnd();
    }

    /**
     * Exclusive end of what is served: acknowledged, and below the high watermark if there is one.
     */
    public long readableEndOffset() {
        return state.readableEnd();
    }

    /** Exclusive end of what is forced on this disk. */
    public long flushedOffset() {
        return state.flushedEnd();
    }

    /** Exclusive end of the committed records, once it was set. */
    public OptionalLong highWatermark() {
        return state.highWatermark();
    }

    /**
     * Raises the high watermark; a lower value changes nothing. From the first call on, records at
     * or above it are not served; a value above the log end offset serves what is acknowledged. It
     * is stored with the next checkpoint: when the log is closed, and from time to time before.
     */
    public void advanceHighWatermark(long offset) {
        state.raiseHighWatermark(offset);
    }

    /**
     * Sets the high watermark to a value that may be lower, or removes it, so that everything
     * acknowledged is served. The readable end moves with it, also back, but never below the log
     * start offset. A batch that a cursor has returned stays valid. Stored like
     * {@link #advanceHighWatermark}: after a crash the former value may apply again.
     */
    public void resetHighWatermark(OptionalLong value) {
        state.resetHighWatermark(value);
    }

    public long sizeInBytes() {
        return state.segments().sizeInBytes();
    }

    public int segmentCount() {
        return state.segments().size();
    }

    /**
     * Opens a cursor from {@code offset} on; the caller closes it.
     *
     * @throws StorageException.OffsetOutOfRange below the log start offset or above the readable
     *     end
     */
    public LogCursor cursor(long offset) {
        return LogCursor.open(this, store, offset, LogCursor.Shows.READABLE);
    }

    /**
     * Opens a cursor for sending the log to another node. It shows everything that is written, also
     * what is not forced or committed, and what is trimmed and still stored. After a truncation it
     * fails with OffsetOutOfRange until {@link LogCursor#seek}, since the log may not hold any more
     * what it showed.
     *
     * @throws StorageException.OffsetOutOfRange below {@link #firstStoredOffset} or above the log
     *     end offset
     */
    public LogCursor replicationCursor(long offset) {
        return LogCursor.open(this, store, offset, LogCursor.Shows.WRITTEN);
    }

    /**
     * The records from {@code fromOffset} to the readable end, which may move during the iteration.
     */
    public Iterable<StoredRecord> read(long fromOffset) {
        return () -> new RecordIterator(cursor(fromOffset), fromOffset);
    }

    /** The first offset whose record has this timestamp or a later one; empty if none has. */
    public OptionalLong offsetAt(long timestampMillis) {
        return new TimeLookup(this, store, state).find(timestampMillis);
    }

    /**
     * Completes with the readable end once that is above {@code offset}, on an engine thread.
     * Cancel the future to stop waiting.
     *
     * @throws StorageException.Overloaded too many readers wait already
     */
    public CompletableFuture<Long> awaitReadable(long offset) {
        return waiters.await(offset, state, store.failure());
    }

    // ---- maintenance; each waits for its counterpart in admin()

    /** The operations below without waiting, and further ones. */
    public LogAdmin admin() {
        return admin;
    }

    /** Forces everything that was appended so far. */
    public void flush() {
        LogAdmin.await(admin.flush());
    }

    /**
     * Deletes the records below {@code newStartOffset}, which must be a readable offset or the
     * readable end.
     */
    public void trim(long newStartOffset) {
        LogAdmin.await(admin.trim(newStartOffset));
    }

    /** Seals the active segment, unless it is empty. */
    public void sealActive() {
        LogAdmin.await(admin.sealActive());
    }

    /** Reads every sealed segment, and checks that it is as it was sealed. */
    public ScrubReport scrub() {
        return new Scrub(store, state).run();
    }

    /** The epoch of local appends; while the log follows, that of its last batch. */
    public int epoch() {
        return queue.epoch();
    }

    /**
     * Allows local appends, stamped with {@code epoch} from now on, and refuses
     * {@link #appendStamped}. No append comes in between. Kept in memory only: the caller stores
     * the epoch durably before this call.
     *
     * <p>Queued appends go on unchanged, and count as part of the log. A full disk may still refuse
     * them, so wait for stamped ones before.
     *
     * @return the offset of the next append
     * @throws IllegalArgumentException the epoch is below the last batch's
     */
    public long lead(int epoch) {
        return queue.lead(epoch);
    }

    /**
     * Refuses local appends from now on ({@link StorageException.NotLeading}), and allows
     * {@link #appendStamped} only. Queued appends go on unchanged. Kept in memory only: a log that
     * was opened is led at the epoch of its last batch, or 0, until one of these methods is called.
     */
    public void follow() {
        queue.follow();
    }

    /**
     * The largest epoch of a batch in this log that is not above {@code epoch}, and where it ends.
     */
    public EpochEnd epochEnd(int epoch) {
        EpochHistory.End found = state.endOf(epoch);
        return new EpochEnd(found.epoch(), found.offset());
    }

    /** Epoch of the last batch; empty for a log without batches. */
    public OptionalInt lastEpoch() {
        return state.lastEpoch();
    }

    /**
     * Cuts the records at and above {@code toOffset}, after it has saved them to a side file. A
     * batch is never cut in two.
     *
     * @throws StorageException.BelowHighWatermark committed records would be cut; see
     *     {@link #resetHighWatermark}
     */
    public TruncateResult truncate(long toOffset) {
        return LogAdmin.await(admin.truncate(toOffset));
    }

    /**
     * Empties the log, which then starts and ends at {@code offset}; see {@link LogAdmin#startAt}.
     *
     * @throws StorageException.BelowHighWatermark the offset is below the log end offset and the
     *     high watermark
     */
    public void startAt(long offset) {
        LogAdmin.await(admin.startAt(offset));
    }

    /**
     * Encodes what this log knows of producers' batches below an offset, for another node whose log
     * will start there; see {@link LogAdmin#startAt(long, ByteBuffer)}. Of more than
     * {@code maxBytes} it keeps the producers with the latest batches.
     */
    public ByteBuffer producersBelow(long offset, int maxBytes) {
        return queue.producersBelow(offset, maxBytes);
    }

    /**
     * Allows appends below the reserve of free space, too, and keeps some space of its own for a
     * disk that is full: for a log whose records free space, such as one that records what to
     * delete. Must be called each time the log is opened.
     */
    public void useReserve() {
        queue.useReserve();
        admin.keepSpaceAhead();
    }

    /**
     * Ends the log after a failure of the store: completes what waits, and refuses appends from now
     * on.
     */
    void end(StorageException refusal, StorageException unknown) {
        writer.end(refusal, unknown);
    }

    Progress progress() {
        return queue.progress();
    }

    void configure(TopicMeta changed) {
        meta = changed;
        queue.configure(changed.config());
    }

    LogState state() {
        return state;
    }
}
