package io.lignum.bench.counts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Figures are printed per record, a column for each node. */
class CountsTableTest {

    private static final List<ThreadCounters> THREADS = List.of(
            new ThreadCounters("grpc-loop-1", 3_000_000, 500, 20),
            new ThreadCounters("C2 CompilerThre", 1_000_000, 5, 0));

    private static final SystemCallCounts CALLS =
            new SystemCallCounts(Map.of("futex", 350L, "read", 25L, "recvfrom", 25L), 1500);

    @Test
    void figures_areDividedByTheRecords() {
        assertThat(CountsTable.markdown(List.of(live(Optional.of(CALLS))), List.of("A note.")))
                .contains(
                        "1 client, one record of 100 B in flight; 100 records a window:",
                        "| per record | live: leader | live: follower |",
                        "| futex | 3.50 | 3.50 |",
                        "| read, recvfrom | 0.50 | 0.50 |",
                        "| other calls | 11.0 | 11.0 |",
                        "| all system calls | 15.0 | 15.0 |",
                        "| voluntary switches | 5.05 | 5.05 |",
                        "| CPU, µs | 40 | 40 |",
                        "| CPU without compilers, µs | 30 | 30 |",
                        "| client's p50, ms | 1.25 |  |",
                        "| `grpc-loop` | 30 | 30 |",
                        "- A note.");
    }

    @Test
    void withoutTracer_callsAreLeftBlank() {
        assertThat(CountsTable.markdown(List.of(live(Optional.empty())), List.of()))
                .contains("| futex |  |  |", "| CPU, µs | 40 | 40 |");
    }

    @Test
    void json_hasTotals() {
        assertThat(CountsJson.json(List.of(live(Optional.of(CALLS))), List.of("A note.")))
                .contains(
                        "\"row\" : \"live-1\"",
                        "\"records\" : 100",
                        "\"cpuNanos\" : 4000000",
                        "\"futex\" : 350",
                        "\"total\" : 1500",
                        "\"A note.\"");
    }

    private static RowCounts live(Optional<SystemCallCounts> calls) {
        ProcessUsage usage = new ProcessUsage(THREADS, 0);
        return new RowCounts(
                new CountedRow(CountedRow.Mode.LIVE, 1),
                List.of(
                        new RowCounts.NodeCounts("leader", usage, calls),
                        new RowCounts.NodeCounts("follower", usage, calls)),
                100,
                1.25,
                7.5);
    }
}
