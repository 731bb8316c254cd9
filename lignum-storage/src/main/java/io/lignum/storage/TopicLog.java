package io.lignum.storage;

import io.lignum.record.LogRecord;
import io.lignum.record.StoredRecord;
import io.lignum.storage.internal.segment.Checks;
import io.lignum.storage.internal.segment.EpochHistory;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * One topic's log. Every method may be called by any thread.
 *
 * <p>Appends: the blocking ones return when the topic's {@link Durability} has acknowledged, the
 * others complete a future on an engine thread, which callbacks must not block. Concurrent single
 * records share a batch and a force. Without a producer id an append that ended with outcome
 * UNKNOWN and is repeated may be in the log twice.
 *
 * <p>Errors are {@link StorageException}s; futures fail with them too.
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
        queue = new AppendQueue(
                store,
                fill,
                state.producers().copy(),
                state.writtenEnd(),
                state.epochs().last());
        LogMaintenance maintenance =
                new LogMaintenance(this, store, state, () -> admin().continueSealing());
        writer = new LogWriter(this, store, state, queue, maintenance);
        appender = new Appender(store, queue, writer);
        Truncation truncation = new Truncation(store, state, sideDirectory);
        LogReset reset = new LogReset(this, store, maintenance, writer, truncation);
        admin = new LogAdmin(this, store, writer, maintenance, reset);
        if (recovered.damage() != null) {
            queue.refuse(recovered.damage(), new ArrayList<>());
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

    // ---- append

    /** Appends a record, durably as the topic's policy says, and returns its offset. */
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
     * Appends a batch that is built already. Its header and CRC are checked and its bytes copied
     * before this returns; base offset and epoch are stamped into the copy.
     */
    public Appended append(ByteBuffer batch, AppendOptions options) {
        BlockedAppend ack = new BlockedAppend();
        appender.append(batch, options, ack);
        return ack.await();
    }

    /** Fails with Overloaded rather than wait for room. */
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
     * Appends a batch that was stamped by a leader, byte for byte. Its base offset must be the log
     * end offset, its epoch not below the last batch's.
     *
     * @throws StorageException.NotFollowing unless the log was told to {@link #follow}
     * @throws StorageException.EndOffsetMismatch another batch is next
     * @throws StorageException.InvalidBatch the bytes are no batch, or its epoch is too low
     */
    public CompletableFuture<Appended> appendStamped(ByteBuffer batch) {
        Ack.OfBatch ack = new Ack.OfBatch();
        appender.appendStamped(batch, ack);
        return ack;
    }

    /**
     * Why nothing can be appended any more, if so: opening found that durable bytes of the end of
     * the log are gone. What is left is served.
     */
    public @Nullable StorageException damage() {
        return state.damage();
    }

    // ---- offsets

    /**
     * First offset that the files hold: at or below the log start offset, as trimming takes whole
     * segments, and always where a batch begins, as the log start offset may not be.
     */
    public long firstStoredOffset() {
        return state.segments().get(0).baseOffset();
    }

    /** First offset that is served, inclusive. */
    public long logStartOffset() {
        return state.logStartOffset();
    }

    /** Exclusive end of what is written. */
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

    /** Exclusive end of what is committed, once somebody told. */
    public OptionalLong highWatermark() {
        return state.highWatermark();
    }

    /**
     * Raises the high watermark; a lower value changes nothing. From the first call on nothing at
     * or above it is served, nor anything that is not acknowledged, if it is above the log end
     * offset. It is kept with the next checkpoint: when the log is closed, and now and then before.
     */
    public void advanceHighWatermark(long offset) {
        state.raiseHighWatermark(offset);
    }

    /**
     * Sets the high watermark to a value that may be lower, or to none, so that all that is
     * acknowledged is served. The readable end moves with it, back too; it is never below the log
     * start offset. A batch that a cursor went to before stays what it is. Kept as
     * {@link #advanceHighWatermark}: after a crash the value before may be back.
     */
    public void resetHighWatermark(OptionalLong value) {
        if (value.isPresent()) {
            Checks.range("high watermark", value.getAsLong(), 0, Long.MAX_VALUE);
        }
        state.resetHighWatermark(value);
    }

    public long sizeInBytes() {
        return state.segments().sizeInBytes();
    }

    public int segmentCount() {
        return state.segments().size();
    }

    // ---- read

    /**
     * A cursor from {@code offset} on; to be closed.
     *
     * @throws StorageException.OffsetOutOfRange below the log start offset or above the readable
     *     end
     */
    public LogCursor cursor(long offset) {
        return LogCursor.open(this, store, offset, LogCursor.Shows.READABLE);
    }

    /**
     * A cursor for sending the log to another node: it shows all that is written, forced and
     * committed or not, and what is trimmed and still stored. After a truncation it fails with
     * OffsetOutOfRange until it {@link LogCursor#seek}s, as what it showed may no longer be in the
     * log.
     *
     * @throws StorageException.OffsetOutOfRange below {@link #firstStoredOffset} or above the log
     *     end offset
     */
    public LogCursor replicationCursor(long offset) {
        return LogCursor.open(this, store, offset, LogCursor.Shows.WRITTEN);
    }

    /**
     * The records from {@code fromOffset} to the readable end, as far as it has come at each step.
     */
    public Iterable<StoredRecord> read(long fromOffset) {
        return () -> new RecordIterator(cursor(fromOffset), fromOffset);
    }

    /** The first offset whose record has this timestamp or a later one; empty if none has. */
    public OptionalLong offsetAt(long timestampMillis) {
        return new TimeLookup(this, store, state).find(timestampMillis);
    }

    /**
     * Completes with the readable end once it is above {@code offset}, on an engine thread. Cancel
     * it to give up.
     *
     * @throws StorageException.Overloaded too many wait already
     */
    public CompletableFuture<Long> awaitReadable(long offset) {
        return waiters.await(offset, state, store.failure());
    }

    // ---- maintenance; each waits for its counterpart in admin()

    /** The same without waiting. */
    public LogAdmin admin() {
        return admin;
    }

    /** Forces all that is appended so far. */
    public void flush() {
        LogAdmin.await(admin.flush());
    }

    /** Deletes all below {@code newStartOffset}, which must be readable or the readable end. */
    public void trim(long newStartOffset) {
        LogAdmin.await(admin.trim(newStartOffset));
    }

    /** Seals the active segment, unless it is empty. */
    public void sealActive() {
        LogAdmin.await(admin.sealActive());
    }

    /** Reads every sealed segment and checks that it is as it was sealed. */
    public ScrubReport scrub() {
        return new Scrub(store, state).run();
    }

    // ---- epochs

    /**
     * The epoch that local appends are stamped with; while the log follows, that of its last batch.
     */
    public int epoch() {
        return queue.epoch();
    }

    /**
     * Allows local appends, stamped with {@code epoch} from now on, and refuses
     * {@link #appendStamped}. No append slips in between. Kept in memory only: who leads keeps the
     * epoch durably, before this call.
     *
     * <p>Appends that are queued already go on as they are and count as in the log. A full disk may
     * still refuse them, so wait for stamped ones before.
     *
     * @return the offset of the next append
     * @throws IllegalArgumentException below the last batch's epoch
     */
    public long lead(int epoch) {
        return queue.lead(epoch);
    }

    /**
     * Refuses local appends from now on ({@link StorageException.NotLeading}) and takes
     * {@link #appendStamped} only. Appends that are queued already go on as they are. Kept in
     * memory only: a log that is opened is led at the epoch of its last batch, 0 if it has none,
     * until told otherwise.
     */
    public void follow() {
        queue.follow();
    }

    /**
     * The largest epoch of a batch in this log that is not above {@code epoch}, and where it ends.
     */
    public EpochEnd epochEnd(int epoch) {
        // The end first: a batch shows its epoch before it moves the end. Read the other way round,
        // the records of one that comes in between would pass for the last epoch's.
        long end = state.writtenEnd();
        EpochHistory.End found = state.epochs().endOf(epoch, end);
        return new EpochEnd(found.epoch(), found.offset());
    }

    /** Epoch of the last batch; empty for a log without. */
    public OptionalInt lastEpoch() {
        return state.epochs().isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(state.epochs().last());
    }

    /**
     * Cuts all at and above {@code toOffset}, after saving it aside; a batch is never cut in two.
     *
     * @throws StorageException.BelowHighWatermark committed records would be cut; see {@link
     *     #resetHighWatermark}
     */
    public TruncateResult truncate(long toOffset) {
        return LogAdmin.await(admin.truncate(toOffset));
    }

    /**
     * Empties the log, which then starts and ends at {@code offset}; see {@link LogAdmin#startAt}.
     *
     * @throws StorageException.BelowHighWatermark below the log end offset and the high watermark
     */
    public void startAt(long offset) {
        LogAdmin.await(admin.startAt(offset));
    }

    /**
     * What this log knows of producers' batches below an offset, for another node whose log is to
     * start there; see {@link LogAdmin#startAt(long, ByteBuffer)}. If it is more than
     * {@code maxBytes}, of those that were active last.
     */
    public ByteBuffer producersBelow(long offset, int maxBytes) {
        return queue.producersBelow(offset, maxBytes);
    }

    /**
     * Takes appends below the free space that the store reserves, too, and keeps some room of its
     * own for a disk that has none at all: for a log whose records make room, such as one that
     * tells what is deleted. To be asked for each time the log is opened.
     */
    public void useReserve() {
        queue.useReserve();
        admin.keepRoomAhead();
    }

    // ---- for the store

    /** The store failed: completes what waits, and refuses appends from now on. */
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
