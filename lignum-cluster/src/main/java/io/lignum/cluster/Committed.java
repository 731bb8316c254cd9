package io.lignum.cluster;

/**
 * Where appended records stand. Immutable.
 *
 * @param firstOffset offset of the first record; the others follow without gaps
 * @param count number of records, {@code >= 1}
 * @param duplicate the records were in the log already: the append repeats an earlier one
 * @param leader id of the node that led
 */
public record Committed(long firstOffset, int count, boolean duplicate, String leader) {}
