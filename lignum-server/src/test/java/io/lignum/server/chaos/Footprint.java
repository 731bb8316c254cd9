package io.lignum.server.chaos;

import io.lignum.server.cluster.NodeProcess;
import io.lignum.server.cluster.RootCommand;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The resources of a node's process.
 *
 * @param heapKib objects in use, after a collection
 * @param residentKib resident memory
 * @param dataKib its data directory without {@code divergent/}, which only an operator empties
 */
record Footprint(
        long pid, long heapKib, long residentKib, long descriptors, long threads, long dataKib) {

    private static final Pattern HEAP = Pattern.compile("used (\\d+)K");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    /** Measures now, after a garbage collection. */
    static Footprint of(NodeProcess node) {
        String pid = Long.toString(node.pid());
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        RootCommand.run(jcmd, pid, "GC.run");
        Path proc = Path.of("/proc", pid);
        return new Footprint(
                node.pid(),
                number(HEAP, RootCommand.run(jcmd, pid, "GC.heap_info")),
                number(RESIDENT, read(proc.resolve("status"))),
                entries(proc.resolve("fd")),
                entries(proc.resolve("task")),
                bytes(node.dataDirectory()) >> 10);
    }

    private static long number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + pattern + " in " + text);
        }
        return Long.parseLong(matcher.group(1));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long entries(Path directory) {
        try (Stream<Path> all = Files.list(directory)) {
            return all.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long bytes(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            List<Path> files =
                    all.filter(file -> !file.toString().contains("/divergent/")).toList();
            long sum = 0;
            for (Path file : files) {
                sum += sizeOf(file);
            }
            return sum;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long sizeOf(Path file) throws IOException {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (NoSuchFileException missing) {
            return 0; // Retention deleted it.
        }
    }
}
