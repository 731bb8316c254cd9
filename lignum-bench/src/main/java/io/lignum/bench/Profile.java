package io.lignum.bench;

import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * {@code bench profile}: where the time of a run with {@code --jfr} went, and what was allocated.
 */
@Command(name = "profile", description = "Shows where recorded runs spent their time.")
final class Profile implements Callable<Integer> {

    private static final int SHOWN = 12;
    private static final String OURS = "io.lignum.";

    @Parameters(description = "Recordings, or directories of them.")
    private List<Path> paths = List.of();

    @Override
    public Integer call() throws IOException {
        for (Path path : paths) {
            try (Stream<Path> files = Files.walk(path)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".jfr"))
                        .sorted()
                        .toList()) {
                    show(file, System.out);
                }
            }
        }
        return 0;
    }

    private static void show(Path file, PrintStream out) throws IOException {
        out.println("== " + file.getFileName());
        if (Files.size(file) == 0) {
            out.println("empty: its JVM was halted as a part of the measurement");
            return;
        }
        Map<String, Double> running = new HashMap<>();
        Map<String, Double> ours = new HashMap<>();
        Map<String, Double> inSystem = new HashMap<>();
        Map<String, Double> allocated = new HashMap<>();
        try (RecordingFile recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                RecordedEvent event = recording.readEvent();
                switch (event.getEventType().getName()) {
                    case "jdk.ExecutionSample" -> {
                        count(running, frame(event.getStackTrace(), ""), 1);
                        count(ours, frame(event.getStackTrace(), OURS), 1);
                    }
                    case "jdk.NativeMethodSample" ->
                        count(inSystem, frame(event.getStackTrace(), ""), 1);
                    case "jdk.ObjectAllocationSample" ->
                        count(allocated, event.getClass("objectClass").getName(), (double)
                                event.getLong("weight"));
                    default -> {} // A recording contains many other events.
                }
            }
        }
        top(out, "running Java, by method", running);
        top(out, "the same, by the innermost method of Lignum", ours);
        top(out, "in native methods, waiting included", inSystem);
        top(out, "allocated bytes, by class", allocated);
    }

    /** The innermost frame of a class whose name has this prefix. */
    private static String frame(@Nullable RecordedStackTrace stack, String prefix) {
        if (stack != null) {
            for (RecordedFrame frame : stack.getFrames()) {
                String type = frame.getMethod().getType().getName();
                if (type.startsWith(prefix)) {
                    String method = type + "." + frame.getMethod().getName();
                    return prefix.isEmpty() ? method : method + ":" + frame.getLineNumber();
                }
            }
        }
        return "(elsewhere)";
    }

    private static void count(Map<String, Double> sums, String name, double weight) {
        sums.merge(name, weight, Double::sum);
    }

    private static void top(PrintStream out, String title, Map<String, Double> sums) {
        double total = sums.values().stream().mapToDouble(Double::doubleValue).sum();
        out.printf(Locale.ROOT, "%n%s (%.0f)%n", title, total);
        sums.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(SHOWN)
                .forEach(entry -> out.printf(
                        Locale.ROOT,
                        "  %5.1f %%  %s%n",
                        100 * entry.getValue() / total,
                        entry.getKey()));
    }
}
