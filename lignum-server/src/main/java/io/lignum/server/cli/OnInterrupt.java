package io.lignum.server.cli;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs an action if the process is asked to stop (SIGINT, SIGTERM, SIGHUP) before this object is
 * closed. The process then ends with 128 plus the signal's number, as the JVM defines it.
 */
final class OnInterrupt implements AutoCloseable {

    private final AtomicBoolean over = new AtomicBoolean();
    private final Thread hook;
    private volatile boolean come;

    private OnInterrupt(Runnable action) {
        hook = new Thread(
                () -> {
                    come = true;
                    if (over.compareAndSet(false, true)) {
                        action.run();
                    }
                },
                "lignum-interrupted");
    }

    static OnInterrupt run(Runnable action) {
        OnInterrupt handler = new OnInterrupt(action);
        Runtime.getRuntime().addShutdownHook(handler.hook);
        return handler;
    }

    boolean hasCome() {
        return come;
    }

    @Override
    public void close() {
        if (over.compareAndSet(false, true)) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException stopping) {
                return; // Too late to remove the hook; its action finds nothing to do.
            }
        }
    }
}
