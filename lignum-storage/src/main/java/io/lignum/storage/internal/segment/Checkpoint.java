package io.lignum.storage.internal.segment;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.env.OpenMode;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.env.SmallFile;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Stores what a log knows at one point, so that opening it scans only what came after. Everything
 * below the end of {@code active} was durable when the checkpoint was written.
 *
 * <pre>
 * big-endian: i32 magic, i32 version = 1,
 * u8 flags (1: has a high watermark, 2: has times of producers),
 * i64 log start offset, i64 high watermark,
 * i64 base offset of the active segment, then of its part below the checkpoint: i64 end offset,
 * i64 bytes, i64 largest timestamp, i32 checksum, i32 last epoch; i64 time of its first append,
 * epoch history (i32 n; n × i32 epoch, i64 start), its last epoch i32 once more,
 * producers (i32 n; n × i64 id, i16 epoch, i16 batches;
 *            each i32 first sequence, i32 count, i64 offset),
 * with flag 2: n × i64 time when this node got the last batch of the producer,
 * i32 CRC-32C of all before
 * </pre>
 *
 * @param logStartOffset records below are trimmed
 * @param highWatermark as far as known; truncation never uses it
 * @param activeBase base offset of the active segment
 * @param active what that segment held
 * @param firstAppendMillis when its first record was appended, 0 when empty
 * @param epochs of all batches below
 * @param producers of all batches below
 */
public record Checkpoint(
        long logStartOffset,
        OptionalLong highWatermark,
        long activeBase,
        SegmentSummary active,
        long firstAppendMillis,
        EpochHistory epochs,
        ProducerStates producers) {

    public static final String NAME = "checkpoint";

    private static final int MAGIC = 0x4c474350; // "LGCP"
    private static final int VERSION = 1;
    private static final int FLAGS_AT = 8;
    private static final int START_AT = 9;
    private static final int WATERMARK_AT = 17;
    private static final int FLAG_HIGH_WATERMARK = 1;
    private static final int FLAG_PRODUCER_TIMES = 2;
    private static final int FIXED_BYTES = 4 + 4 + 1 + 8 + 8 + 8 + 8 + 8 + 8 + 4 + 4 + 8 + 4 + 4;
    private static final int MAX_BYTES = 256 << 20;

    /** The checkpoint of a log that was emptied: it begins and ends at {@code offset}. */
    public static Checkpoint startingAt(
            long offset, OptionalLong highWatermark, ProducerStates none) {
        return new Checkpoint(
                offset,
                highWatermark,
                offset,
                new SegmentSummary(offset),
                0,
                EpochHistory.EMPTY,
                none);
    }

    /** A copy with a newer log start offset and high watermark. */
    public Checkpoint with(long start, OptionalLong watermark) {
        return new Checkpoint(
                start, watermark, activeBase, active, firstAppendMillis, epochs, producers);
    }

    /**
     * Replaces the file and forces it. The name is durable once the caller has forced the
     * directory.
     */
    public void write(Disk disk, Path directory) throws IOException {
        SmallFile.replace(disk, directory.resolve(NAME), encode(), true);
    }

    /**
     * Reads the checkpoint; empty if it is missing or damaged, and the whole log must be scanned.
     */
    public static Optional<Checkpoint> read(Disk disk, Path directory, int maxProducers)
            throws IOException {
        Path path = directory.resolve(NAME);
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        return decode(path, SmallFile.read(disk, path, MAX_BYTES), maxProducers);
    }

    /** Raises the log start offset in the existing file; see {@link #change}. */
    public static void raiseStart(Disk disk, Path directory, long newStart) throws IOException {
        change(disk, directory, bytes -> bytes.putLong(START_AT, newStart));
    }

    /** Raises the high watermark in the existing file; see {@link #change}. */
    public static void raiseWatermark(Disk disk, Path directory, long newWatermark)
            throws IOException {
        change(
                disk,
                directory,
                bytes -> bytes.put(FLAGS_AT, (byte) (bytes.get(FLAGS_AT) | FLAG_HIGH_WATERMARK))
                        .putLong(WATERMARK_AT, newWatermark));
    }

    /**
     * Changes the existing file in place, which needs no free space; durable when this returns. For
     * a full disk only: a crash during the write leaves a file whose CRC does not match, and the
     * whole log is scanned.
     *
     * @throws DiskFullException there is no such file, or it is damaged
     */
    private static void change(Disk disk, Path directory, Consumer<ByteBuffer> edit)
            throws IOException {
        Path path = directory.resolve(NAME);
        if (!disk.exists(path)) {
            throw new DiskFullException("there is no space for the first " + path);
        }
        ByteBuffer bytes = SmallFile.read(disk, path, MAX_BYTES);
        int crcAt = bytes.limit() - 4;
        if (decode(path, bytes.duplicate(), Integer.MAX_VALUE).isEmpty()) {
            throw new DiskFullException("no space to replace " + path + ", which is damaged");
        }
        edit.accept(bytes);
        bytes.putInt(crcAt, Crc.of(bytes, 0, crcAt));
        try (DiskFile file = disk.open(path, OpenMode.UPDATE)) {
            file.write(bytes.duplicate().position(0), 0);
            file.force();
        }
        forceStart(disk, directory); // The name of the file may not be durable yet.
    }

    /** Makes durable what the file holds already, and what may therefore apply after a crash. */
    public static void forceStart(Disk disk, Path directory) throws IOException {
        try {
            disk.forceDirectory(directory);
        } catch (ShortageException e) {
            throw new UncertainChangeException("the changed checkpoint was not forced", e);
        }
    }

    private ByteBuffer encode() {
        int bytes = FIXED_BYTES
                + epochs.encodedBytes()
                + producers.encodedBytes()
                + producers.encodedTimesBytes();
        ByteBuffer out = ByteBuffer.allocate(bytes);
        int flags = FLAG_PRODUCER_TIMES | (highWatermark.isPresent() ? FLAG_HIGH_WATERMARK : 0);
        out.putInt(MAGIC).putInt(VERSION).put((byte) flags);
        out.putLong(logStartOffset).putLong(highWatermark.orElse(0)).putLong(activeBase);
        out.putLong(active.endOffset())
                .putLong(active.sizeInBytes())
                .putLong(active.maxTimestamp());
        out.putInt(active.checksum()).putInt(active.lastEpoch()).putLong(firstAppendMillis);
        epochs.encode(out);
        out.putInt(epochs.last());
        producers.encode(out);
        producers.encodeTimes(out);
        out.putInt(Crc.of(out, 0, out.position()));
        return out.flip();
    }

    private static Optional<Checkpoint> decode(Path path, ByteBuffer in, int maxProducers)
            throws UnsupportedVersionException {
        if (in.limit() < FIXED_BYTES || in.getInt() != MAGIC) {
            return Optional.empty();
        }
        int version = in.getInt();
        if (version > VERSION) {
            throw new UnsupportedVersionException(path, version, VERSION);
        }
        int crcAt = in.limit() - 4;
        if (in.getInt(crcAt) != Crc.of(in, 0, crcAt)) {
            return Optional.empty();
        }
        try {
            return Optional.of(decodeBody(in, maxProducers));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return Optional.empty(); // The CRC matched by chance.
        }
    }

    private static Checkpoint decodeBody(ByteBuffer in, int maxProducers) {
        int flags = in.get();
        long start = Checks.offset("log start offset", in.getLong());
        long watermark = Checks.offset("high watermark", in.getLong());
        long base = Checks.offset("base offset", in.getLong());
        SegmentSummary active = new SegmentSummary(
                in.getLong(), in.getLong(), in.getLong(), in.getInt(), in.getInt());
        active.checkAbove(base);
        long firstAppend = in.getLong();
        EpochHistory epochs = EpochHistory.decode(in);
        in.getInt(); // The last epoch once more; earlier builds stored that of the next append.
        ProducerStates producers = ProducerStates.decode(in, maxProducers);
        if ((flags & FLAG_PRODUCER_TIMES) != 0) {
            producers.decodeTimes(in);
        }
        return new Checkpoint(
                start,
                (flags & FLAG_HIGH_WATERMARK) != 0
                        ? OptionalLong.of(watermark)
                        : OptionalLong.empty(),
                base,
                active,
                firstAppend,
                epochs,
                producers);
    }
}
