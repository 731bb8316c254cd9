package io.lignum.bench;

import io.lignum.bench.work.WorkSettings;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code make bench}: runs the cases, prints the progress, and writes a table. */
@Command(
        name = "bench",
        description = "Compares Lignum with Chronicle Queue, plain files, Kafka, NATS and Redis.",
        subcommands = Profile.class,
        mixinStandardHelpOptions = true)
public final class Bench implements Callable<Integer> {

    @Option(
            names = "--only",
            split = ",",
            description = "Cases whose names begin with this; see --list.")
    private List<String> only = List.of("");

    @Option(names = "--quick", description = "Less work and fewer rounds: rough figures, fast.")
    private boolean quick;

    @Option(names = "--rounds", description = "Measured rounds; default 5, quick 3.")
    private @Nullable Integer rounds;

    @Option(names = "--set", description = "A case's setting, such as mib=2048 for catch-up.")
    private List<String> set = List.of();

    @Option(names = "--list", description = "Print the names of the cases.")
    private boolean list;

    @Option(
            names = "--jfr",
            description = "Record each JVM for the profile command, in this directory.")
    private @Nullable Path jfr;

    @Option(names = "--dir", description = "Directory for data: ${DEFAULT-VALUE}.")
    private Path directory = Path.of("lignum-bench", "target", "bench-data");

    @Option(names = "--jar", description = "The node's jar: ${DEFAULT-VALUE}.")
    private Path jar = Path.of("lignum-server", "target", "lignum.jar");

    @Option(names = "--kafka", description = "Class path of Kafka's broker: ${DEFAULT-VALUE}.")
    private Path kafka = Path.of("lignum-bench", "target", "kafka-classpath");

    @Option(names = "--out", description = "The table: ${DEFAULT-VALUE}.")
    private Path out = Path.of("lignum-bench", "target", "bench.md");

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Option(names = "--json", description = "Write JSON instead of Markdown.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        WorkSettings own = WorkSettings.of(set.toArray(String[]::new));
        List<Case> chosen = Cases.all().stream()
                .filter(bench -> only.stream().anyMatch(bench.name()::startsWith))
                .map(bench -> bench.with(own))
                .toList();
        if (list) {
            chosen.forEach(bench -> System.out.println(bench.name() + "  " + bench.title()));
            return 0;
        }
        if (jfr != null) {
            Files.createDirectories(jfr);
        }
        int counted = rounds != null ? rounds : quick ? 3 : 5;
        Options options = new Options(directory, jar, kafka, quick, counted, quick ? 1 : 2, jfr);
        Runner runner = new Runner(options, System.err);
        Report report = json ? new JsonReport(options) : new MarkdownReport(options);
        for (Case bench : chosen) {
            Map<String, RoundFigures> figures = runner.run(bench);
            report.add(bench, figures);
            write(report);
        }
        System.out.print(report.text());
        return 0;
    }

    /** Called after every case, so that an aborted run keeps its figures. */
    private void write(Report report) throws IOException {
        Path parent = out.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(out, report.text());
    }
}
