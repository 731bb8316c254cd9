package io.lignum.storage;

/**
 * The place of appended records in the log.
 *
 * @param firstOffset offset of the first record
 * @param count number of records, at least 1
 * @param duplicate true when the batch was in the log already and this is the place of its first
 *     copy
 */
public record Appended(long firstOffset, int count, boolean duplicate) {

    /** Offset of the last record, inclusive. */
    public long lastOffset() {
        return firstOffset + count - 1;
    }
}
