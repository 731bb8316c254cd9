package io.lignum.record;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the records of one batch one by one, without allocation unless a copy is asked for. The
 * methods about a record may be called after {@link #next} returned true; positions are those of
 * {@link #valueBuffer}. One thread at a time.
 */
public final class RecordCursor {
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private long baseOffset;
    private long baseTimestamp;
    private int count;
    /** Records read so far, the current one included. */
    private int visited;
    /** Where reading continues; below, where the batch and the current record end. */
    private int at;

    private int batchEnd;
    private int recordStart;
    private int recordEnd;

    private long timestamp;
    private int keyAt;
    private int keyBytes;
    private int valueAt;
    private int valueBytes;

    /** A cursor without records, for {@link RecordBatch#records(RecordCursor, int)}. */
    public RecordCursor() {}

    RecordCursor reset(RecordBatch batch, ByteBuffer records, int from, int to) {
        buffer = records;
        baseOffset = batch.baseOffset();
        baseTimestamp = batch.baseTimestamp();
        count = batch.recordCount();
        visited = 0;
        at = from;
        recordEnd = from;
        batchEnd = to;
        return this;
    }

    /**
     * Moves to the next record.
     *
     * @return false after the last one
     * @throws RecordException.InvalidBatch the bytes are no record, or there are more or fewer
     *     records than the batch's header says
     */
    public boolean next() {
        int start = recordEnd;
        if (visited >= count) {
            if (start != batchEnd) {
                throw invalid("recordsCount", "bytes after the last record");
            }
            return false;
        }
        at = start;
        int length = readInt(batchEnd, "record length");
        recordStart = at;
        if (length < 0 || length > batchEnd - at) {
            throw invalid("record length", length + " does not fit into the batch");
        }
        int end = at + length;
        at++; // Skips the attributes: none are defined for a record, and the validator checks them.
        timestamp = baseTimestamp + readLong(end);
        if (timestamp < 0) {
            throw invalid("timestampDelta", "gives a negative timestamp");
        }
        if (readInt(end, "offsetDelta") != visited) {
            throw invalid("offsetDelta", "is not dense");
        }
        keyBytes = readInt(end, "key length");
        keyAt = skip(keyBytes, end, "key length");
        valueBytes = readInt(end, "value length");
        valueAt = skip(valueBytes, end, "value length");
        if (at >= end) {
            throw invalid("record length", "has no space for headers");
        }
        recordEnd = end;
        visited++;
        return true;
    }

    private int skip(int bytes, int end, String field) {
        int from = at;
        if (bytes < -1 || bytes > end - from) {
            throw invalid(field, bytes + " does not fit into the record");
        }
        at = from + Math.max(bytes, 0);
        return from;
    }

    /** Reads a number. Nearly every one takes one byte or two, so these cases are unrolled. */
    private int readInt(int end, String field) {
        int p = at;
        if (p + 1 < end) {
            int first = buffer.get(p);
            if (first >= 0) {
                at = p + 1;
                return Varints.unzigzag(first);
            }
            int second = buffer.get(p + 1);
            if (second >= 0) {
                at = p + 2;
                return Varints.unzigzag((first & 0x7F) | (second << 7));
            }
        }
        return readLongInt(end, field);
    }

    private int readLongInt(int end, String field) {
        int raw = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 7) {
            if (at >= end) {
                throw invalid(field, "runs past its record");
            }
            byte next = buffer.get(at++);
            if (shift == 28 && (next & 0xF0) != 0) {
                break;
            }
            raw |= (next & 0x7F) << shift;
            if (next >= 0) {
                return Varints.unzigzag(raw);
            }
        }
        throw invalid(field, "is longer than 32 bits");
    }

    private long readLong(int end) {
        long raw = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (at >= end) {
                throw invalid("timestampDelta", "runs past its record");
            }
            byte next = buffer.get(at++);
            if (shift == 63 && (next & 0xFE) != 0) {
                break;
            }
            raw |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return Varints.unzigzag(raw);
            }
        }
        throw invalid("timestampDelta", "is longer than 64 bits");
    }

    private RecordException invalid(String field, String problem) {
        return new RecordException.InvalidBatch(field, problem + " (record " + visited + ")");
    }

    public long offset() {
        return baseOffset + visited - 1;
    }

    /** Milliseconds since the epoch, {@code >= 0}. */
    public long timestamp() {
        return timestamp;
    }

    public boolean hasKey() {
        return keyBytes >= 0;
    }

    /** Bytes of the key; 0 when it is null. */
    public int keySize() {
        return Math.max(keyBytes, 0);
    }

    public boolean hasValue() {
        return valueBytes >= 0;
    }

    /** Bytes of the value; 0 when it is null. */
    public int valueSize() {
        return Math.max(valueBytes, 0);
    }

    /** The buffer that holds key and value: the batch's own, or the decompressed records. */
    public ByteBuffer valueBuffer() {
        return buffer;
    }

    /** Absolute position of the value in {@link #valueBuffer}. */
    public int valuePosition() {
        return valueAt;
    }

    /** Absolute position of the key in {@link #valueBuffer}. */
    public int keyPosition() {
        return keyAt;
    }

    /** A copy of the key. */
    public byte @Nullable [] key() {
        return copy(keyAt, keyBytes);
    }

    /** A copy of the value. */
    public byte @Nullable [] value() {
        return copy(valueAt, valueBytes);
    }

    private byte @Nullable [] copy(int position, int bytes) {
        if (bytes < 0) {
            return null;
        }
        byte[] copy = new byte[bytes];
        buffer.get(position, copy);
        return copy;
    }

    /**
     * A copy of the headers.
     *
     * @throws RecordException.InvalidBatch they do not fill the rest of the record exactly
     */
    public List<RecordHeader> headers() {
        int headers = beginHeaders();
        if (headers == 0) {
            endHeaders();
            return List.of();
        }
        // The count is not proved until that many were read, so it gives no capacity.
        List<RecordHeader> copies = new ArrayList<>();
        for (int i = 0; i < headers; i++) {
            int nameBytes = readHeaderKey();
            byte[] name = new byte[nameBytes];
            buffer.get(at - nameBytes, name);
            int bytes = readInt(recordEnd, "header value length");
            int position = skip(bytes, recordEnd, "header value length");
            copies.add(new RecordHeader(
                    new String(name, StandardCharsets.UTF_8), copy(position, bytes)));
        }
        endHeaders();
        return List.copyOf(copies);
    }

    /**
     * Checks the headers as {@link #headers} does without copying them; returns the bytes of their
     * keys and values.
     */
    int checkHeaders() {
        int headers = beginHeaders();
        int total = 0; // The array holds no more than the record has.
        for (int i = 0; i < headers; i++) {
            total += readHeaderKey();
            int bytes = readInt(recordEnd, "header value length");
            skip(bytes, recordEnd, "header value length");
            total += Math.max(bytes, 0);
        }
        endHeaders();
        return total;
    }

    private int beginHeaders() {
        at = valueAt + valueSize();
        int headers = readInt(recordEnd, "header count");
        if (headers < 0) {
            throw invalid("header count", "is negative");
        }
        return headers;
    }

    private int readHeaderKey() {
        int bytes = readInt(recordEnd, "header key length");
        if (bytes < 0) {
            throw invalid("header key length", "is negative");
        }
        skip(bytes, recordEnd, "header key length");
        return bytes;
    }

    private void endHeaders() {
        if (at != recordEnd) {
            throw invalid("header count", "bytes after the last header");
        }
    }

    /** Bytes of the current record, its length field not included. */
    public int recordBytes() {
        return recordEnd - recordStart;
    }

    /** How many headers the current record says it has. */
    public int headerCount() {
        return beginHeaders();
    }

    int recordAttributes() {
        return buffer.get(recordStart);
    }

    /** A copy of the whole record. */
    public StoredRecord toRecord() {
        return new StoredRecord(offset(), timestamp, key(), value(), headers());
    }
}
