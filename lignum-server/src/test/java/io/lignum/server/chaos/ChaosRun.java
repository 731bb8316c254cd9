package io.lignum.server.chaos;

import io.lignum.server.chaos.ClientOperation.Kind;
import io.lignum.server.chaos.ClientOperation.Result;
import io.lignum.server.cluster.JarCluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Rounds of load and faults on one cluster. After each round all faults end, the cluster must
 * recover, and the history is checked.
 */
final class ChaosRun implements AutoCloseable {

    private final Site site;
    private final Path directory;
    private final Faults faults;
    private final long seed;
    private final List<Anomaly> anomalies = new ArrayList<>();
    private final Map<String, Long> figures = new TreeMap<>();
    private final long started = System.nanoTime();
    private int rounds;

    /**
     * With all faults.
     *
     * @param secure whether nodes require TLS and a login
     */
    ChaosRun(Path directory, boolean secure, long seed) {
        this(new Site(directory, secure), directory, EnumSet.allOf(Fault.class), seed);
    }

    /** With these faults only, without TLS and a login. */
    ChaosRun(Path directory, Set<Fault> wanted, long seed) {
        this(new Site(directory, false), directory, wanted, seed);
    }

    private ChaosRun(Site site, Path directory, Set<Fault> wanted, long seed) {
        this.site = site;
        this.directory = directory;
        this.seed = seed;
        faults = new Faults(site, wanted, seed);
        if (!site.leftOut().isEmpty()) {
            System.out.println("left out: " + String.join("; ", site.leftOut()));
        }
    }

    /** Injects faults for {@code length}, then checks the history. */
    void round(Duration length) {
        rounds++;
        try (Load load = new Load(site, directory, Integer.toString(rounds), seed + rounds)) {
            int disks = faults.counts().getOrDefault(Fault.DISK_LOST, 0);
            long end = System.nanoTime() + length.toNanos();
            while (System.nanoTime() < end) {
                faults.next();
            }
            site.cluster().awaitInSync(site.cluster().nodes().size());
            Verdict verdict = load.finish(faults.counts().getOrDefault(Fault.DISK_LOST, 0) > disks);
            count(verdict);
            anomalies.addAll(verdict.anomalies());
            if (verdict.anomalies().isEmpty()) {
                load.deleteTopics();
            }
        }
        System.out.println("round " + rounds + ": " + figures + ", anomalies " + anomalies);
    }

    private void count(Verdict verdict) {
        add("operations", verdict.operations().size());
        add("acknowledged", verdict.count(Kind.SEND, Result.OK));
        add("refused", verdict.count(Kind.SEND, Result.FAILED));
        add("unknown", verdict.count(Kind.SEND, Result.UNKNOWN));
        add("received", verdict.count(Kind.POLL, Result.OK));
        add("linearizable reads", verdict.count(Kind.READ, Result.OK));
        add("refused reads", verdict.failedReads());
        add("wal lost to side files", verdict.walLost());
    }

    private void add(String figure, long more) {
        figures.merge(figure, more, Long::sum);
    }

    JarCluster cluster() {
        return site.cluster();
    }

    List<Anomaly> anomalies() {
        return anomalies;
    }

    /** A line for the user and for the file of results. */
    String summary() {
        return String.format(
                Locale.ROOT,
                "seed %d, %d rounds, %.1f min: %s, %d anomalies; faults %s",
                seed,
                rounds,
                (System.nanoTime() - started) / 60e9,
                figures,
                anomalies.size(),
                faults.counts());
    }

    @Override
    public void close() {
        site.close();
    }
}
