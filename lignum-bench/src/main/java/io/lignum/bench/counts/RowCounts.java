package io.lignum.bench.counts;

import java.util.List;
import java.util.Optional;

/**
 * The measured figures of a row of the table.
 *
 * @param nodes the leader, then a follower; or the only node
 * @param records number of records in each window
 * @param p50Millis median of the clients' waits for an acknowledgement, without tracer
 * @param p99Millis the same, 99th percentile
 */
record RowCounts(
        CountedRow row, List<NodeCounts> nodes, long records, double p50Millis, double p99Millis) {

    RowCounts {
        nodes = List.copyOf(nodes);
    }

    /**
     * The figures of a node.
     *
     * @param role such as leader
     * @param calls its system calls, unless no tracer is available
     */
    record NodeCounts(String role, ProcessUsage usage, Optional<SystemCallCounts> calls) {}
}
