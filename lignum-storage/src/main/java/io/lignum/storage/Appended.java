package io.lignum.storage;

/**
 * Where appended records stand.
 *
 * @param firstOffset offset of the first record
 * @param count number of records, at least 1
 * @param duplicate true when the batch was in the log already and this is the first copy's place
 */
public record Appended(long firstOffset, int count, boolean duplicate) {

    /** Offset of the last record, inclusive. */
    public long lastOffset() {
        return firstOffset + count - 1;
    }
}
