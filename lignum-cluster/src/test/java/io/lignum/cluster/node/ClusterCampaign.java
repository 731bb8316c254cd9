package io.lignum.cluster.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;

import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs many histories, one after the other, for {@code make sim}; its name excludes it from the
 * test command. The result becomes a line of the results file. Without a seed the campaign
 * continues after the last one in that file.
 */
final class ClusterCampaign {

    private static final Duration REPORT_EVERY = Duration.ofSeconds(10);
    private static final String COLUMNS =
            "commit\tfirst\tlast\tresult\tseconds\tsimulated hours\tevents\tacknowledged\tfaults\n";

    private final Path results = Path.of(System.getProperty("lignum.sim.results", ""));
    private final String commit = System.getProperty("lignum.sim.commit", "unknown");
    private final long seeds = Long.getLong("lignum.sim.seeds", 100);
    private final Map<Fault, Integer> faults = new TreeMap<>();
    private final long started = System.nanoTime();
    private long done;
    private long events;
    private long acknowledged;
    private double hours;

    @Test
    void campaign() throws IOException {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME))
                .setLevel(Level.toLevel(System.getProperty("lignum.sim.log"), Level.OFF));
        long first = Long.getLong("lignum.sim.seed", next());
        long reported = started;
        System.out.println("seeds " + first + " to " + (first + seeds - 1) + ", commit " + commit);
        for (long seed = first; seed < first + seeds; seed++) {
            run(first, seed);
            if (System.nanoTime() - reported > REPORT_EVERY.toNanos()) {
                reported = System.nanoTime();
                tell();
            }
        }
        tell();
        keep(first, first + seeds - 1, "passed");
    }

    private void run(long first, long seed) throws IOException {
        ClusterHistory history = HistoryRun.of(seed);
        try {
            history.run();
        } catch (Error | RuntimeException e) { // A PowerCut that nothing survives is an Error.
            tell();
            keep(first, seed, "failed at the last");
            System.out.println(
                    "seed " + seed + " FAILS; again: make sim SEED=" + seed + " SEEDS=1");
            throw new AssertionError("seed " + seed, e);
        }
        done++;
        events += history.events();
        acknowledged += history.acknowledged();
        hours += history.simulated().toMillis() / 3_600_000.0;
        history.faults().forEach((fault, count) -> faults.merge(fault, count, Integer::sum));
        if (seeds == 1) {
            System.out.println(history.summary());
            System.out.println("trace " + history.trace());
        }
    }

    private double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }

    private void tell() {
        System.out.println(text(
                "%d of %d seeds, %.1f a second, %.1f simulated hours, %d events, %d acknowledged",
                done, seeds, done / seconds(), hours, events, acknowledged));
    }

    private void keep(long first, long last, String result) throws IOException {
        System.out.println("faults: " + faults);
        if (results.toString().isEmpty()) {
            return;
        }
        if (Files.notExists(results)) {
            Files.writeString(results, COLUMNS);
        }
        Files.writeString(
                results,
                text(
                        "%s\t%d\t%d\t%s\t%.0f\t%.2f\t%d\t%d\t%s\n",
                        commit,
                        first,
                        last,
                        result,
                        seconds(),
                        hours,
                        events,
                        acknowledged,
                        faults),
                StandardOpenOption.APPEND);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** The seed after the last one in the results file. */
    private long next() throws IOException {
        long last = 0;
        if (!results.toString().isEmpty() && Files.exists(results)) {
            List<String> lines = Files.readAllLines(results);
            for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
                last = Math.max(last, Long.parseLong(line.split("\t", -1)[2]));
            }
        }
        return last + 1;
    }
}
