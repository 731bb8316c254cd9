package io.lignum.bench.failover;

import io.lignum.bench.cluster.Cluster;
import io.lignum.bench.cluster.JarClusterNode;
import io.lignum.bench.work.Scratch;
import io.lignum.bench.work.WorkSettings;
import io.lignum.client.LignumClient;
import io.lignum.client.TopicSpec;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/** {@code make failover}: measures how long writes wait when the leader of a real cluster fails. */
@Command(
        name = "failover",
        description = "Measures how long writes to a live topic wait when the leader fails.",
        mixinStandardHelpOptions = true)
public final class Failover implements Callable<Integer> {

    private static final int NODES = 3;
    private static final String TOPIC = "failover";
    private static final long LIMIT_NANOS = 60_000_000_000L;

    @Option(names = "--rounds", description = "Rounds of each fault: ${DEFAULT-VALUE}.")
    private int rounds = 20;

    @Option(
            names = "--only",
            split = ",",
            description = "Faults: kill, pause, term, transfer (default: all).")
    private List<String> only = Arrays.stream(Fault.values()).map(Fault::key).toList();

    @Option(names = "--dir", description = "Directory for data: ${DEFAULT-VALUE}.")
    private Path directory = Path.of("lignum-bench", "target", "failover-data");

    @Option(names = "--jar", description = "The node's jar: ${DEFAULT-VALUE}.")
    private Path jar = Path.of("lignum-server", "target", "lignum.jar");

    @Option(names = "--heap", description = "Heap of a node: ${DEFAULT-VALUE}.")
    private String heap = "512m";

    @Option(names = "--out", description = "The table: ${DEFAULT-VALUE}.")
    private Path out = Path.of("lignum-bench", "target", "failover.md");

    @Option(names = "--json", description = "Write JSON instead of Markdown.")
    private boolean json;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Failover()).execute(args));
    }

    /**
     * Returns 0 if no acknowledged record was lost or duplicated, otherwise 1; the table has the
     * details.
     */
    @Override
    public Integer call() throws Exception {
        List<Fault> faults = only.stream().map(Fault::of).toList();
        Scratch.delete(directory);
        Files.createDirectories(directory);
        WorkSettings settings = WorkSettings.of("dir=" + directory, "jar=" + jar, "heap=" + heap);
        Ledger ledger = new Ledger();
        Results results = new Results();
        try (Cluster cluster = Cluster.start(settings, NODES)) {
            run(cluster, faults, ledger, results);
        } finally {
            write(results, ledger); // Keeps the results if the run is aborted.
        }
        if (!ledger.problems().isEmpty()) {
            System.err.println("Data and logs stay in " + directory);
            return 1;
        }
        Scratch.delete(directory);
        return 0;
    }

    private void run(Cluster cluster, List<Fault> faults, Ledger ledger, Results results)
            throws IOException, InterruptedException, ExecutionException {
        createTopic(cluster);
        List<JarClusterNode> nodes = cluster.leaderFirst();
        String other = nodes.get(1).address();
        try (LedgerReader reader = new LedgerReader(cluster.addresses(), other, TOPIC, ledger);
                Writer writer = new Writer(cluster.addresses(), TOPIC, ledger)) {
            Rounds each = new Rounds(cluster, jar, writer, ledger);
            for (int round = 1; round <= rounds; round++) {
                for (Fault fault : faults) {
                    Results.Round result = each.run(fault);
                    results.add(fault, result);
                    System.err.printf(
                            Locale.ROOT,
                            "  round %d/%d  %-9s %.3f s, %d sends failed%n",
                            round,
                            rounds,
                            fault.key(),
                            result.seconds(),
                            result.failures());
                    if (!ledger.problems().isEmpty()) {
                        return;
                    }
                }
            }
            reader.catchUp(LIMIT_NANOS);
        }
    }

    private static void createTopic(Cluster cluster)
            throws InterruptedException, ExecutionException {
        try (LignumClient client =
                LignumClient.builder().addresses(cluster.addresses()).build()) {
            client.topics().create(TopicSpec.of(TOPIC).withLive(true)).get();
        }
    }

    private void write(Results results, Ledger ledger) throws IOException {
        String text = json
                ? results.json(ledger.acknowledged(), ledger.problems())
                : results.markdown(ledger.acknowledged(), ledger.problems());
        Path parent = out.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(out, text);
        System.out.print(text);
    }
}
