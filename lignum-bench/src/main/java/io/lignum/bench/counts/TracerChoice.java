package io.lignum.bench.counts;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The tracer of a run, and why it is not a better one.
 *
 * @param tracer empty if system calls are not counted
 * @param notes for the report: the reasons why programs were not used
 */
record TracerChoice(Optional<SystemCallTracer> tracer, List<String> notes) {

    TracerChoice {
        notes = List.copyOf(notes);
    }

    /** Which tracer the user wants. */
    enum TracerKind {
        /** The first that works. */
        AUTO,
        PERF,
        STRACE,
        NONE
    }

    /**
     * Chooses a tracer, and tries it on this JVM, so that a run without permission fails before it
     * starts nodes.
     *
     * @throws IOException if the named program cannot trace; with {@code AUTO} the notes say so
     */
    static TracerChoice of(TracerKind kind, Path scratch) throws IOException, InterruptedException {
        return switch (kind) {
            case PERF -> tried(new PerfTracer(), scratch);
            case STRACE -> tried(new StraceTracer(), scratch);
            case NONE ->
                new TracerChoice(Optional.empty(), List.of("System calls: not counted (none)."));
            case AUTO -> firstThatWorks(scratch);
        };
    }

    private static TracerChoice tried(SystemCallTracer tracer, Path scratch)
            throws IOException, InterruptedException {
        try (SystemCallTracer.Attached self =
                tracer.attach(ProcessHandle.current().pid(), scratch)) {
            SystemCallCounts unused = self.stop();
        }
        return new TracerChoice(
                Optional.of(tracer),
                List.of("System calls: counted by " + tracer.name() + " in a window of its own."));
    }

    private static TracerChoice firstThatWorks(Path scratch)
            throws IOException, InterruptedException {
        List<String> notes = new ArrayList<>();
        for (SystemCallTracer tracer : List.of(new PerfTracer(), new StraceTracer())) {
            try {
                TracerChoice choice = tried(tracer, scratch);
                notes.addAll(choice.notes());
                return new TracerChoice(choice.tracer(), notes);
            } catch (IOException e) {
                notes.add("Not used: " + oneLine(e.getMessage()));
            }
        }
        notes.add("System calls: not counted, since neither perf nor strace works here.");
        return new TracerChoice(Optional.empty(), notes);
    }

    private static String oneLine(@Nullable String text) {
        return text == null ? "" : text.replaceAll("\\s+", " ");
    }
}
