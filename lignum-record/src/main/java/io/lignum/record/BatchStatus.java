package io.lignum.record;

/** What {@link RecordBatch#check} finds at a position. Only {@link #VALID} bytes may be read. */
public enum BatchStatus {
    /** A whole batch whose header makes sense and whose CRC matches. */
    VALID,
    /** The header, or the batch as its length says, runs past the limit. */
    INCOMPLETE,
    /**
     * The 61 bytes of a header, or as many as there are (none included), are zero: nothing was
     * written here. The caller decides whether to look for bytes further on.
     */
    EMPTY,
    /** The length is below 49, or the batch would be larger than the caller allows. */
    BAD_LENGTH,
    /** The length is sane but the magic byte is that of another version, 0, 1 or 3 to 127. */
    UNSUPPORTED_VERSION,
    /**
     * Counts, offsets, timestamps or producer fields of the header contradict each other, the magic
     * byte is negative, or the header is zero from the magic byte on (a torn write).
     */
    BAD_HEADER,
    /** The checksum does not match the bytes. */
    BAD_CRC
}
