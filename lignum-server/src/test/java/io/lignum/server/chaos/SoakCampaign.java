package io.lignum.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.cluster.NodeProcess;
import io.lignum.server.cluster.RootCommand;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The test of {@code make soak}: a long run of load, retention and faults that end no process;
 * topics come and go. After each round it measures each node's footprint, which must not grow. Its
 * name excludes it from the test command.
 */
final class SoakCampaign {

    private static final Duration ROUND = Duration.ofMinutes(1);

    /** Rounds in which caches fill and code is compiled. */
    private static final int WARM_UP = 3;

    private static final double GROWTH = 1.2;

    private final Path directory = Path.of("target", "soak").toAbsolutePath();
    private final Path results = Path.of(System.getProperty("lignum.soak.results", ""));
    private final long minutes = Long.getLong("lignum.soak.minutes", 30);
    private final long seed = Long.getLong("lignum.seed", Instant.now().getEpochSecond());
    private final Map<NodeProcess, List<Footprint>> footprints = new LinkedHashMap<>();

    @Test
    void soak() throws IOException {
        Path own = Files.createDirectories(
                directory.resolve("seed-" + seed + "-at-" + Instant.now().getEpochSecond()));
        System.out.println("seed " + seed + ", " + minutes + " minutes, in " + own);
        long end = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
        try (ChaosRun run = new ChaosRun(own, Fault.SURVIVED, seed);
                RetainedLoad retained = new RetainedLoad(run.cluster())) {
            while (System.nanoTime() < end && run.anomalies().isEmpty()) {
                run.round(ROUND);
                run.cluster().nodes().forEach(this::take);
            }
            String summary = run.summary() + "; " + retained.acknowledged()
                    + " additional records of 1 KiB; " + table();
            System.out.println(summary);
            if (!results.toString().isEmpty()) {
                Files.writeString(
                        results,
                        summary + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            }
            assertThat(run.anomalies())
                    .as("seed %d, all is kept in %s", seed, own)
                    .isEmpty();
            footprints.forEach(SoakCampaign::judge);
        }
        RootCommand.run("rm", "-rf", own.toString());
    }

    private void take(NodeProcess node) {
        Footprint now = Footprint.of(node);
        System.out.println("  " + node + " " + now);
        footprints.computeIfAbsent(node, any -> new ArrayList<>()).add(now);
    }

    /**
     * For each node and figure: the median of the first third after the warm-up, and of the last
     * third.
     */
    private String table() {
        List<String> all = new ArrayList<>();
        footprints.forEach((node, taken) -> figures()
                .forEach((name, figure) -> all.add(String.format(
                        Locale.ROOT,
                        "%s %s %d -> %d",
                        node,
                        name,
                        median(early(taken), figure),
                        median(late(taken), figure)))));
        return String.join(", ", all);
    }

    private static Map<String, ToLongFunction<Footprint>> figures() {
        Map<String, ToLongFunction<Footprint>> figures = new LinkedHashMap<>();
        figures.put("heap KiB", Footprint::heapKib);
        figures.put("resident KiB", Footprint::residentKib);
        figures.put("descriptors", Footprint::descriptors);
        figures.put("threads", Footprint::threads);
        figures.put("data KiB", Footprint::dataKib);
        return figures;
    }

    private static void judge(NodeProcess node, List<Footprint> taken) {
        assertThat(taken)
                .as("%s did not end", node)
                .allMatch(one -> one.pid() == taken.get(0).pid());
        figures()
                .forEach((name, figure) -> assertThat((double) median(late(taken), figure))
                        .as("%s of %s, of late", name, node)
                        .isLessThanOrEqualTo(GROWTH * median(early(taken), figure)));
    }

    private static List<Footprint> early(List<Footprint> taken) {
        int warm = Math.min(WARM_UP, taken.size() / 3);
        return taken.subList(warm, warm + Math.max(1, (taken.size() - warm) / 3));
    }

    private static List<Footprint> late(List<Footprint> taken) {
        return taken.subList(taken.size() - early(taken).size(), taken.size());
    }

    private static long median(List<Footprint> taken, ToLongFunction<Footprint> figure) {
        long[] sorted = taken.stream().mapToLong(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
