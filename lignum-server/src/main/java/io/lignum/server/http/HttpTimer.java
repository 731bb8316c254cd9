package io.lignum.server.http;

import io.lignum.server.service.RequestFailures;

import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;

import java.util.concurrent.TimeUnit;

/** The timer of the HTTP listener. Unlike the JDK's executor, it reports what a task throws. */
final class HttpTimer extends ScheduledExecutorScheduler {

    private final RequestFailures failures;

    HttpTimer(RequestFailures failures) {
        super("lignum-http-timer", true);
        this.failures = failures;
    }

    @Override
    public Task schedule(Runnable task, long delay, TimeUnit unit) {
        return super.schedule(
                () -> {
                    try {
                        task.run();
                    } catch (Throwable thrown) { // Top of the timer's thread.
                        failures.report("A task of the HTTP timer", thrown);
                    }
                },
                delay,
                unit);
    }
}
