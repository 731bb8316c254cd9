package io.lignum.client;

/**
 * What a consumer does when a failover has replaced records that it has read. This happens only to
 * topics that are not replicated live.
 */
public enum WhenTruncated {
    /** The consumer ends with {@link LignumException.LogTruncated}, which has the first offset. */
    FAIL,
    /** The consumer goes back to the first replaced offset: offsets repeat, with other records. */
    CONTINUE
}
