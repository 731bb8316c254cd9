package io.lignum.server.reload;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Keeps a value up to date that is made of files. Reads the files again at an interval, since file
 * systems of containers and of networks do not report changes, and replaces the value whole if
 * their contents have changed and are in order; otherwise the old one stays in use. The timer calls
 * {@link #check}; other methods are for any thread.
 *
 * @param <T> immutable; its text is logged, and has no secrets
 */
public final class FileReloader<T> {

    private static final Logger LOG = LoggerFactory.getLogger(FileReloader.class);

    /** Reads the files and makes the value. */
    public interface Source<T> {

        /**
         * The new value; empty: the files are those of {@code current}. Blocks.
         *
         * @throws UnusableFileException the message names the setting, the file and the remedy
         */
        Optional<T> loadIfChanged(T current);
    }

    private final String name;
    private final Source<T> source;
    private final List<Consumer<T>> listeners = new CopyOnWriteArrayList<>();
    private final LongAdder reloads = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile T current;
    private String lastFailure = ""; // guarded by this

    /**
     * @param name of the value in the log, such as "TLS"
     * @param first read from the files just now
     */
    public FileReloader(String name, T first, Source<T> source) {
        this.name = name;
        this.current = first;
        this.source = source;
        LOG.info("{}: {}", name, first);
    }

    /** Checks the files from now on. Zero as interval: never. */
    public void watch(ScheduledExecutorService timer, Duration interval) {
        long millis = interval.toMillis();
        if (millis > 0) {
            var unused = timer.scheduleWithFixedDelay(
                    this::check, millis, millis, TimeUnit.MILLISECONDS);
        }
    }

    /** The value to use from now on. */
    public T current() {
        return current;
    }

    /** Calls the listener with each new value before it is in use, on the timer's thread. */
    public void onReload(Consumer<T> listener) {
        listeners.add(listener);
    }

    /** How often a changed value was taken into use. */
    public long reloads() {
        return reloads.sum();
    }

    /** How often the files could not be used. */
    public long failures() {
        return failures.sum();
    }

    /** Why the files could not be used at the last look; empty: they could. */
    public synchronized Optional<String> failure() {
        return lastFailure.isEmpty() ? Optional.empty() : Optional.of(lastFailure);
    }

    /** Reads the files now. */
    public synchronized void check() {
        try {
            source.loadIfChanged(current).ifPresent(this::replace);
            lastFailure = "";
        } catch (UnusableFileException | IllegalStateException e) { // The latter by a listener.
            failures.increment();
            String failure = String.valueOf(e.getMessage());
            if (!failure.equals(lastFailure)) { // Once for each cause, not at each look.
                LOG.error("{}: {}; still in use: {}", name, failure, current);
                lastFailure = failure;
            }
        }
    }

    private void replace(T fresh) {
        listeners.forEach(listener -> listener.accept(fresh));
        current = fresh;
        reloads.increment();
        LOG.info("{}, replaced: {}", name, fresh);
    }
}
