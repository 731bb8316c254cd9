package io.lignum.server.http;

import io.lignum.server.service.RequestFailures;

import org.eclipse.jetty.util.thread.QueuedThreadPool;

import java.util.concurrent.LinkedBlockingQueue;

/**
 * Jetty's pool, whose threads cannot be interrupted: Jetty interrupts its threads when it stops,
 * and an interrupt in the middle of a file read closes that file for every reader.
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
     * What reaches the top of a job no request was answered for; Jetty would write it down and go
     * on.
     */
    @Override
    protected void runJob(Runnable job) {
        try {
            super.runJob(job);
        } catch (Throwable thrown) {
            failures.met("A job of an HTTP thread", thrown);
        }
    }

    @Override
    public Thread newThread(Runnable job) {
        Thread thread = new Thread(job) {
            @Override
            public void interrupt() {
                // On purpose nothing: see the class comment. Idle threads end by their timeout.
            }
        };
        thread.setDaemon(true);
        thread.setName(getName() + "-" + thread.getId());
        return thread;
    }
}
