package io.lignum.bench.counts;

import io.lignum.bench.work.ServerProcess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Counts with {@code strace -f -c}, which stops a thread twice in each call: the counts are right,
 * but times in the same window are not.
 */
final class StraceTracer implements SystemCallTracer {

    private static final String PROGRAM = "strace";
    private static final String ATTACHED = " attached";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Override
    public String name() {
        return PROGRAM;
    }

    @Override
    public Attached attach(long pid, Path scratch) throws IOException {
        Path program = ServerProcess.find(PROGRAM)
                .orElseThrow(() -> new IOException("strace is not installed"));
        Path summary = scratch.resolve("strace-" + pid + ".txt");
        Files.deleteIfExists(summary);
        ServerProcess strace = ServerProcess.start(
                List.of(
                        program.toString(),
                        "-f",
                        "-c",
                        "-o",
                        summary.toString(),
                        "-p",
                        Long.toString(pid)),
                scratch.resolve("strace-" + pid + ".log"));
        try {
            strace.await(() -> Optional.of(strace.said()).filter(text -> text.contains(ATTACHED)));
        } catch (IOException e) {
            strace.kill();
            throw new IOException(
                    "strace cannot trace process " + pid + ": "
                            + strace.said().strip()
                            + " (it needs root, or CAP_SYS_PTRACE)",
                    e);
        }
        return new Tracing(strace, summary);
    }

    private record Tracing(ServerProcess strace, Path summary) implements Attached {

        @Override
        public SystemCallCounts stop() throws IOException, InterruptedException {
            strace.terminate(); // It detaches, and writes the summary.
            if (!strace.awaitEnd(TIMEOUT)) {
                throw new IOException("strace did not end in " + TIMEOUT.toSeconds() + " s");
            }
            return StraceSummary.parse(Files.readString(summary));
        }

        @Override
        public void close() {
            strace.kill();
        }
    }
}
