package io.lignum.server;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/**
 * Ends the process if its orderly stop takes too long. The thread is created at the start, since a
 * process that is out of memory may be unable to create it later. It ends the process without
 * shutdown hooks.
 */
final class StopDeadline {

    private static final Logger LOG = LoggerFactory.getLogger(StopDeadline.class);

    /** Time to log where threads hang; logging itself may hang. */
    private static final Duration REPORT = Duration.ofSeconds(2);

    private final CountDownLatch started = new CountDownLatch(1);
    private final Duration bound;

    private StopDeadline(Duration bound) {
        this.bound = bound;
    }

    /** Starts the thread, which waits for {@link #begin}. */
    static StopDeadline arm(Duration bound) {
        StopDeadline deadline = new StopDeadline(bound);
        Thread thread = new Thread(deadline::run, "lignum-stop-deadline");
        thread.setDaemon(true);
        thread.start();
        return deadline;
    }

    /** Starts the deadline. Idempotent. */
    void begin() {
        started.countDown();
    }

    private void run() {
        try {
            started.await();
            Thread.sleep(bound.toMillis());
            Thread report = new Thread(this::report, "lignum-stop-report");
            report.setDaemon(true);
            report.start();
            report.join(REPORT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Runtime.getRuntime().halt(ExitCode.FAILED);
        }
    }

    private void report() {
        LOG.error(
                "The node did not stop within {} s; ending with exit code {}. Threads:\n{}",
                bound.toSeconds(),
                ExitCode.FAILED,
                Thread.getAllStackTraces().entrySet().stream()
                        .map(StopDeadline::describe)
                        .collect(Collectors.joining("\n")));
    }

    private static String describe(Map.Entry<Thread, StackTraceElement[]> thread) {
        return thread.getKey().getName()
                + Arrays.stream(thread.getValue())
                        .map(frame -> "\n    at " + frame)
                        .collect(Collectors.joining());
    }
}
