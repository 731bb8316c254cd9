package io.lignum.server.http;

import io.lignum.server.service.RequestFailures;

import org.eclipse.jetty.util.thread.QueuedThreadPool;

import java.util.concurrent.LinkedBlockingQueue;

/**
 * Jetty's thread pool without interrupts. Jetty interrupts its threads when it stops, and an
 * interrupt during a file read closes the file for all readers. {@link HttpServer} creates it.
 */
final class UninterruptedThreads extends QueuedThreadPool {

    private static final int IDLE_MILLIS = 30_000;

    private final RequestFailures failures;

    UninterruptedThreads(int max, RequestFailures failures) {
        super(max, Math.min(4, max), IDLE_MILLIS, new LinkedBlockingQueue<>());
        this.failures = failures;
        setName("lignum-http");
        setReservedThreads(0);
    }

    /**
     * Handles exceptions that reach the top of a job, whose request got no response; Jetty would
     * only log them.
     */
    @Override
    protected void runJob(Runnable job) {
        try {
            super.runJob(job);
        } catch (Throwable thrown) {
            failures.report("A job of an HTTP thread", thrown);
        }
    }

    @Override
    public Thread newThread(Runnable job) {
        Thread thread = new Thread(job) {
            @Override
            public void interrupt() {
                // Deliberately empty, see the class comment. Idle threads end by their timeout.
            }
        };
        thread.setDaemon(true);
        thread.setName(getName() + "-" + thread.getId());
        return thread;
    }
}
