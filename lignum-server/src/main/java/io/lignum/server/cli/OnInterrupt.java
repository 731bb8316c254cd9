package io.lignum.server.cli;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Does something when the process is told to stop (SIGINT, SIGTERM, SIGHUP) before this is closed.
 * The process then ends with 128 and the number of the signal, as the JVM has it.
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
                return; // Too late to take it back; it sees that there is nothing to do.
            }
        }
    }
}
