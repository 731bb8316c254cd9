package io.lignum.bench.counts;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sums the kernel's counters of all threads of a process over a window, from {@code
 * /proc/PID/task}. The window begins when this object is created. Used by one thread.
 *
 * <p>A thread that starts in the window counts from its start. The kernel drops the counters of a
 * thread that ends; of such a thread the window has what the last {@link #sample} saw, so the
 * caller samples several times a second.
 */
final class ThreadSampler {

    private final Path tasks;

    /** Counters at the start of the window, of threads that existed then and still exist. */
    private final Map<String, ThreadCounters> start;

    /** What threads that have ended did in the window. */
    private final List<ThreadCounters> ended = new ArrayList<>();

    private Map<String, ThreadCounters> latest;

    ThreadSampler(Path tasks) throws IOException {
        this.tasks = tasks;
        latest = read();
        start = new HashMap<>(latest);
    }

    static ThreadSampler of(long pid) throws IOException {
        return new ThreadSampler(Path.of("/proc", Long.toString(pid), "task"));
    }

    /** Reads the counters. Fails if the process has ended. */
    void sample() throws IOException {
        Map<String, ThreadCounters> now = read();
        latest.forEach((id, before) -> {
            ThreadCounters after = now.get(id);
            if (after == null || !after.isAfter(before)) {
                ended.add(inWindow(id, before));
                start.remove(id); // The id may belong to a new thread.
            }
        });
        latest = now;
    }

    private ThreadCounters inWindow(String id, ThreadCounters counters) {
        ThreadCounters earlier = start.get(id);
        return earlier == null ? counters : counters.since(earlier);
    }

    /** Ends the window. */
    ProcessUsage usage() throws IOException {
        sample();
        List<ThreadCounters> all = new ArrayList<>(ended);
        latest.forEach((id, counters) -> all.add(inWindow(id, counters)));
        return new ProcessUsage(all, ended.size());
    }

    private Map<String, ThreadCounters> read() throws IOException {
        Map<String, ThreadCounters> all = new HashMap<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                read(thread)
                        .ifPresent(counters ->
                                all.put(String.valueOf(thread.getFileName()), counters));
            }
        }
        return all;
    }

    /** Returns nothing if the thread has ended since the directory was listed. */
    private static Optional<ThreadCounters> read(Path thread) throws IOException {
        try {
            return Optional.of(ThreadCounters.parse(
                    Files.readString(thread.resolve("status")),
                    Files.readString(thread.resolve("schedstat"))));
        } catch (IOException e) {
            if (Files.exists(thread)) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
