package io.lignum.record;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/** What the tests of this package build and read with. */
final class Samples {
    static final int MAX = 1 << 24;
    static final long NOW = 1_800_000_000_000L;
    static final Compression[] SUPPORTED = {Compression.NONE, Compression.LZ4, Compression.ZSTD};

    private Samples() {}

    /** Records of every shape: null, empty and large parts, headers, timestamps back and forth. */
    static List<LogRecord> records(Random random, int count) {
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            LogRecord record =
                    LogRecord.of(bytes(random), bytes(random)).withHeaders(headers(random));
            records.add(
                    switch (random.nextInt(4)) {
                        case 0 -> record;
                        case 1 -> record.withTimestamp(random.nextLong() >>> 1);
                        default -> record.withTimestamp(NOW + random.nextInt(100_000) - 50_000);
                    });
        }
        return records;
    }

    private static List<RecordHeader> headers(Random random) {
        int count = Math.max(0, random.nextInt(8) - 4);
        List<RecordHeader> headers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String key = List.of("", "trace", "ключ", "日本", "\uD83C\uDF32x").get(random.nextInt(5));
            headers.add(new RecordHeader(key, bytes(random)));
        }
        return headers;
    }

    static byte @Nullable [] bytes(Random random) {
        int size = switch (random.nextInt(6)) {
            case 0 -> -1;
            case 1 -> 0;
            case 2 -> 63 + random.nextInt(3); // Where a length grows to two bytes …
            case 3 -> 8191 + random.nextInt(3); // … and to three.
            default -> random.nextInt(300);
        };
        if (size < 0) {
            return null;
        }
        byte[] bytes = new byte[size];
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
        }
        return bytes;
    }

    static List<StoredRecord> stored(List<LogRecord> records, long baseOffset) {
        List<StoredRecord> stored = new ArrayList<>();
        for (LogRecord record : records) {
            long offset = baseOffset + stored.size();
            stored.add(new StoredRecord(
                    offset,
                    record.timestampOr(NOW),
                    record.key(),
                    record.value(),
                    record.headers()));
        }
        return stored;
    }

    static List<StoredRecord> read(ByteBuffer batch) {
        return read(batch, 0);
    }

    static List<StoredRecord> read(ByteBuffer buffer, int position) {
        List<StoredRecord> records = new ArrayList<>();
        RecordCursor cursor = RecordBatch.at(buffer, position).records(MAX);
        while (cursor.next()) {
            records.add(cursor.toRecord());
        }
        return records;
    }

    /** Makes the CRC right again after a field was forged. */
    static ByteBuffer seal(ByteBuffer batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch.duplicate().position(21));
        batch.putInt(17, (int) crc.getValue());
        return batch;
    }

    /** A sealed batch with the header of the given one and other bytes as its records. */
    static ByteBuffer withRecords(ByteBuffer batch, byte[] records) {
        ByteBuffer forged = ByteBuffer.allocate(61 + records.length);
        forged.put(0, batch, 0, 61);
        forged.put(61, records);
        forged.putInt(8, 49 + records.length);
        return seal(forged);
    }

    static ByteBuffer copy(ByteBuffer batch) {
        ByteBuffer copy = ByteBuffer.allocate(batch.remaining());
        copy.put(batch.duplicate());
        return copy.flip();
    }

    static byte[] bytesOf(ByteBuffer batch) {
        byte[] bytes = new byte[batch.remaining()];
        batch.duplicate().get(bytes);
        return bytes;
    }
}
