package io.lignum.bench.counts;

import io.lignum.bench.counts.TracerChoice.TracerKind;
import io.lignum.bench.work.Scratch;
import io.lignum.bench.work.WorkSettings;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/**
 * Counts system calls, context switches and CPU time of nodes for each small append; {@code make
 * counts} runs it.
 *
 * <p>Counts hardly depend on the load of the machine, so they show the effect of a change better
 * than latencies do.
 */
@Command(
        name = "counts",
        description = "Counts system calls, context switches and CPU time of nodes per append.",
        mixinStandardHelpOptions = true)
public final class Counts implements Callable<Integer> {

    /** Rows with many clients append this many times the records, before and in the window. */
    private static final int MANY_CLIENTS_FACTOR = 8;

    @Option(
            names = "--only",
            split = ",",
            description = "Measure only rows whose names begin with one of these; see --list.")
    private List<String> only = List.of("");

    @Option(names = "--list", description = "Print the names of the rows.")
    private boolean list;

    @Option(
            names = "--records",
            description = "Records in the window of a row; with 64 clients 8 times as many"
                    + " (default: ${DEFAULT-VALUE}).")
    private long records = 5000;

    @Option(
            names = "--warmup",
            description = "Records before the window; with 64 clients 8 times as many"
                    + " (default: ${DEFAULT-VALUE}).")
    private long warmup = 5000;

    @Option(
            names = "--calls",
            description = "What counts system calls: auto, perf, strace, none (default: auto).")
    private TracerKind calls = TracerKind.AUTO;

    @Option(
            names = "--dir",
            description = "Directory for the nodes' data (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of("lignum-bench", "target", "counts-data");

    @Option(names = "--jar", description = "The nodes' jar (default: ${DEFAULT-VALUE}).")
    private Path jar = Path.of("lignum-server", "target", "lignum.jar");

    @Option(names = "--heap", description = "Heap of each node (default: ${DEFAULT-VALUE}).")
    private String heap = "512m";

    @Option(names = "--out", description = "File for the results (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("lignum-bench", "target", "counts.md");

    @Option(names = "--json", description = "Write JSON instead of Markdown.")
    private boolean json;

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command line; upper and lower case of values do not matter. */
    static CommandLine commandLine() {
        return new CommandLine(new Counts()).setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public Integer call() throws Exception {
        List<CountedRow> rows = CountedRow.all().stream()
                .filter(row -> only.stream().anyMatch(row.name()::startsWith))
                .toList();
        if (list) {
            rows.forEach(row -> System.out.println(row.name()));
            return 0;
        }
        Scratch.delete(directory);
        Files.createDirectories(directory);
        TracerChoice choice;
        try {
            choice = TracerChoice.of(calls, directory);
        } catch (IOException e) {
            System.err.println(e.getMessage());
            return 1;
        }
        choice.notes().forEach(System.err::println);
        List<RowCounts> results = new ArrayList<>();
        try {
            for (boolean isCluster : new boolean[] {false, true}) {
                List<CountedRow> some = rows.stream()
                        .filter(row -> row.mode().isCluster() == isCluster)
                        .toList();
                if (!some.isEmpty()) {
                    measure(isCluster, some, choice, results);
                }
            }
        } finally {
            write(
                    results,
                    choice.notes()); // Also when a row failed: the results before it are kept.
        }
        Scratch.delete(directory);
        return 0;
    }

    private void measure(
            boolean isCluster, List<CountedRow> rows, TracerChoice choice, List<RowCounts> results)
            throws IOException, ExecutionException, InterruptedException {
        WorkSettings settings = WorkSettings.of("dir=" + directory, "jar=" + jar, "heap=" + heap);
        try (CountedNodes nodes =
                isCluster ? CountedNodes.cluster(settings) : CountedNodes.standalone(settings)) {
            for (CountedRow row : rows) {
                int factor = row.clients() == 1 ? 1 : MANY_CLIENTS_FACTOR;
                RowMeter meter =
                        new RowMeter(choice.tracer(), directory, records * factor, warmup * factor);
                System.err.println("  " + row.name());
                results.add(meter.measure(nodes, row));
            }
        }
    }

    private void write(List<RowCounts> results, List<String> notes) throws IOException {
        String text = json ? CountsJson.json(results, notes) : CountsTable.markdown(results, notes);
        Path parent = out.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(out, text);
        System.out.print(text);
    }
}
