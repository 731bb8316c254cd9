package io.lignum.bench.counts;

import io.lignum.bench.work.ServerProcess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Counts with the kernel's tracepoints through {@code perf stat}, which hardly slows the process
 * down. Starts and stops the counting through perf's control pipe, so that the window is exact.
 */
final class PerfTracer implements SystemCallTracer {

    private static final String PROGRAM = "perf";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final List<Path> TRACEPOINTS = List.of(
            Path.of("/sys/kernel/tracing/events/syscalls"),
            Path.of("/sys/kernel/debug/tracing/events/syscalls"));

    @Override
    public String name() {
        return PROGRAM;
    }

    @Override
    public Attached attach(long pid, Path scratch) throws IOException {
        Path program = ServerProcess.find(PROGRAM)
                .orElseThrow(() -> new IOException("perf is not installed"));
        String events = events();
        Path output = scratch.resolve("perf-" + pid + ".csv");
        ControlPipe control = ControlPipe.create(scratch, "perf-" + pid);
        ServerProcess perf = ServerProcess.start(
                List.of(
                        program.toString(),
                        "stat",
                        "--field-separator=,",
                        "--output=" + output,
                        "--delay=-1", // Disabled until the command.
                        "--control=" + control.option(),
                        "--event=" + events,
                        "--pid=" + pid),
                scratch.resolve("perf-" + pid + ".log"));
        Tracing tracing = new Tracing(perf, control, output);
        try {
            control.send("enable", perf);
        } catch (IOException e) {
            tracing.close();
            throw new IOException(
                    "perf cannot trace process " + pid + ": " + perf.said().strip(), e);
        }
        return tracing;
    }

    /** The tracepoints that this machine has: some calls exist on some architectures only. */
    private static String events() throws IOException {
        Path directory = TRACEPOINTS.stream()
                .filter(Files::isReadable)
                .findFirst()
                .orElseThrow(() -> new IOException(
                        "perf cannot read the kernel's tracepoints (it needs root and tracefs)"));
        Stream<String> known = SystemCallKind.allNames().stream()
                .filter(name -> Files.exists(directory.resolve("sys_enter_" + name)))
                .map(name -> PerfOutput.CALL + name);
        return Stream.concat(Stream.of(PerfOutput.ALL_CALLS), known)
                .collect(Collectors.joining(","));
    }

    private record Tracing(ServerProcess perf, ControlPipe control, Path output)
            implements Attached {

        @Override
        public SystemCallCounts stop() throws IOException, InterruptedException {
            control.send("disable", perf);
            perf.signal("INT"); // It writes the figures.
            if (!perf.awaitEnd(TIMEOUT)) {
                throw new IOException("perf did not end in " + TIMEOUT.toSeconds() + " s");
            }
            return PerfOutput.parse(Files.readString(output));
        }

        @Override
        public void close() throws IOException {
            perf.kill();
            control.close();
        }
    }
}
