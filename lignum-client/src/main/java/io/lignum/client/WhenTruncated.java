package io.lignum.client;

/**
 * What a consumer does when a failover has replaced the end of a log that it has read. That happens
 * only to topics that are not replicated live.
 */
public enum WhenTruncated {
    /** Ends with {@link LignumException.LogTruncated}, which says from where on the log differs. */
    FAIL,
    /**
     * Goes back to where the log differs from what was read, and on from there: offsets come again,
     * with other records.
     */
    CONTINUE
}
