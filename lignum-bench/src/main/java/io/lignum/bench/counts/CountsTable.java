package io.lignum.bench.counts;

import io.lignum.bench.counts.RowCounts.NodeCounts;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Writes the figures as Markdown: for each number of clients a table of counts and one of the CPU
 * time of threads, with a column for each node. All figures are per record.
 */
final class CountsTable {

    /** How many threads the second table shows. */
    private static final int SHOWN_THREADS = 12;

    private static final String NONE = "";

    private CountsTable() {}

    /** A column: a node of a row. */
    private record Column(RowCounts row, NodeCounts node, boolean isFirstOfRow) {

        String head() {
            CountedRow.Mode mode = row.row().mode();
            return mode.isCluster() ? mode.key() + ": " + node.role() : mode.key();
        }

        String perRecord(long count) {
            return figure((double) count / row.records());
        }

        String calls(Function<SystemCallCounts, Long> figure) {
            return node.calls().map(figure).map(this::perRecord).orElse(NONE);
        }

        String micros(long nanos) {
            return String.format(Locale.ROOT, "%.0f", nanos / 1e3 / row.records());
        }

        String ofClient(double millis) {
            return isFirstOfRow ? String.format(Locale.ROOT, "%.2f", millis) : NONE;
        }
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
    }

    static String markdown(List<RowCounts> rows, List<String> notes) {
        Map<Integer, List<RowCounts>> byClients = new TreeMap<>();
        rows.forEach(row -> byClients
                .computeIfAbsent(row.row().clients(), clients -> new ArrayList<>())
                .add(row));
        StringBuilder text = new StringBuilder();
        byClients.forEach((clients, some) -> {
            List<Column> columns = columns(some);
            text.append(title(clients, some.get(0).records()));
            counts(text, columns);
            text.append('\n');
            threads(text, columns);
            text.append('\n');
        });
        notes.forEach(note -> text.append("- ").append(note).append('\n'));
        return text.toString();
    }

    private static String title(int clients, long records) {
        return String.format(
                Locale.ROOT,
                "%s, one record of 100 B in flight%s; %d records a window:%n%n",
                clients == 1 ? "1 client" : clients + " clients",
                clients == 1 ? "" : " each",
                records);
    }

    private static List<Column> columns(List<RowCounts> rows) {
        List<Column> columns = new ArrayList<>();
        for (RowCounts row : rows) {
            for (int i = 0; i < row.nodes().size(); i++) {
                columns.add(new Column(row, row.nodes().get(i), i == 0));
            }
        }
        return columns;
    }

    private static void counts(StringBuilder text, List<Column> columns) {
        line(text, "per record", columns, Column::head);
        line(text, "---", columns, column -> "---");
        for (SystemCallKind kind : SystemCallKind.values()) {
            line(text, kind.title(), columns, column -> column.calls(calls -> calls.of(kind)));
        }
        line(text, "other calls", columns, column -> column.calls(SystemCallCounts::other));
        line(text, "all system calls", columns, column -> column.calls(SystemCallCounts::total));
        line(
                text,
                "voluntary switches",
                columns,
                column -> column.perRecord(column.node().usage().voluntary()));
        line(
                text,
                "involuntary switches",
                columns,
                column -> column.perRecord(column.node().usage().involuntary()));
        line(
                text,
                "CPU, µs",
                columns,
                column -> column.micros(column.node().usage().cpuNanos()));
        line(
                text,
                "CPU without compilers, µs",
                columns,
                column -> column.micros(
                        column.node().usage().cpuNanos() - column.node().usage().compilerNanos()));
        line(
                text,
                "client's p50, ms",
                columns,
                column -> column.ofClient(column.row().p50Millis()));
        line(
                text,
                "client's p99, ms",
                columns,
                column -> column.ofClient(column.row().p99Millis()));
    }

    private static void threads(StringBuilder text, List<Column> columns) {
        Map<String, Double> highest = new TreeMap<>();
        for (Column column : columns) {
            column.node()
                    .usage()
                    .cpuNanosByName()
                    .forEach((name, nanos) -> highest.merge(
                            name, (double) nanos / column.row().records(), Math::max));
        }
        line(text, "CPU of threads, µs per record", columns, Column::head);
        line(text, "---", columns, column -> "---");
        highest.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(SHOWN_THREADS)
                .map(Map.Entry::getKey)
                .forEach(name -> line(
                        text,
                        "`" + name + "`",
                        columns,
                        column -> column.micros(
                                column.node().usage().cpuNanosByName().getOrDefault(name, 0L))));
    }

    private static void line(
            StringBuilder text, String title, List<Column> columns, Function<Column, String> cell) {
        text.append("| ").append(title).append(" |");
        columns.forEach(column -> text.append(' ').append(cell.apply(column)).append(" |"));
        text.append('\n');
    }
}
