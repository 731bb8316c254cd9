package io.lignum.cluster;

/**
 * The offsets of appended records. Immutable.
 *
 * @param firstOffset offset of the first record; the others follow without gaps
 * @param count number of records, {@code >= 1}
 * @param duplicate whether the append repeats an earlier one, so that the records were in the log
 *     already
 * @param leader id of the node that accepted the append
 */
public record Committed(long firstOffset, int count, boolean duplicate, String leader) {}
