package io.lignum.cluster;

import java.util.Optional;

/**
 * Where the records of an acknowledged append are, on a standalone node and in a cluster.
 *
 * @param firstOffset offset of the first record; the others follow without gaps
 * @param count number of records, at least 1
 * @param duplicate the records were in the log already: the append repeats an earlier one
 * @param leader id of the node that led and appended them; empty on a standalone node
 */
public record AppendResult(
        long firstOffset, int count, boolean duplicate, Optional<String> leader) {}
