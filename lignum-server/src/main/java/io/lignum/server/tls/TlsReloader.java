package io.lignum.server.tls;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Keeps the node's TLS identity up to date. Reads the files again at an interval, since file
 * systems of containers and of networks do not report changes, and replaces the identity whole if
 * their contents have changed and are in order; otherwise the old one stays in use. Connections
 * that are open keep theirs. The timer calls {@link #check}; other methods are for any thread.
 */
public final class TlsReloader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TlsReloader.class);
    private static final Duration BETWEEN_WARNINGS = Duration.ofDays(1);

    private final TlsConfig config;
    private final ScheduledExecutorService timer;
    private final Clock clock;
    private final List<Consumer<TlsIdentity>> listeners = new CopyOnWriteArrayList<>();
    private final LongAdder reloads = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile TlsIdentity current;
    private String lastFailure = ""; // guarded by this
    private Instant warned = Instant.MIN; // guarded by this

    private TlsReloader(TlsConfig config, ScheduledExecutorService timer, Clock clock) {
        this.config = config;
        this.timer = timer;
        this.clock = clock;
        this.current = TlsIdentity.load(config);
        LOG.info("TLS with the {}", current);
        warnOfExpiry();
    }

    /**
     * Reads the files and begins to watch them.
     *
     * @param timer runs the checks; closed with the reloader
     * @throws TlsFilesException a file cannot be used; the message says what to do
     */
    public static TlsReloader start(TlsConfig config, ScheduledExecutorService timer) {
        return start(config, timer, Clock.systemUTC());
    }

    static TlsReloader start(TlsConfig config, ScheduledExecutorService timer, Clock clock) {
        TlsReloader made = new TlsReloader(config, timer, clock);
        long interval = config.reloadInterval().toMillis();
        if (interval > 0) {
            var unused = timer.scheduleWithFixedDelay(
                    made::check, interval, interval, TimeUnit.MILLISECONDS);
        } else {
            var unused = timer.scheduleWithFixedDelay(made::warnOfExpiry, 1, 1, TimeUnit.DAYS);
        }
        return made;
    }

    public TlsConfig config() {
        return config;
    }

    /** The identity for connections that are accepted now. */
    public TlsIdentity current() {
        return current;
    }

    /** Calls the listener with each new identity, on the timer's thread. */
    public void onReload(Consumer<TlsIdentity> listener) {
        listeners.add(listener);
    }

    /** How often a changed identity was taken into use. */
    public long reloads() {
        return reloads.sum();
    }

    /** How often the files could not be used. */
    public long failures() {
        return failures.sum();
    }

    synchronized void check() {
        try {
            current.loadIfChanged(config).ifPresent(fresh -> {
                refuseEnded(fresh);
                replace(fresh);
            });
            lastFailure = "";
        } catch (TlsFilesException | IllegalStateException e) { // The latter by a listener.
            failures.increment();
            String failure = String.valueOf(e.getMessage());
            if (!failure.equals(lastFailure)) { // Once for each cause, not at each look.
                LOG.error("{}; the {} stays in use", failure, current);
                lastFailure = failure;
            }
        }
        warnOfExpiry();
    }

    /** Clients refuse a certificate that has ended, so a valid one is not given up for it. */
    private void refuseEnded(TlsIdentity fresh) {
        Instant now = clock.instant();
        if (fresh.notAfter().isBefore(now) && current.notAfter().isAfter(now)) {
            throw new TlsFilesException("tls.cert-file: " + config.files().certificate()
                    + " has ended at " + fresh.notAfter());
        }
    }

    private void replace(TlsIdentity fresh) {
        listeners.forEach(listener -> listener.accept(fresh));
        current = fresh;
        reloads.increment();
        warned = Instant.MIN;
        LOG.info("TLS with a new {}", fresh);
    }

    private synchronized void warnOfExpiry() {
        Instant now = clock.instant();
        Duration left = Duration.between(now, current.notAfter());
        if (left.compareTo(config.expiryWarning()) > 0
                || now.isBefore(warned.equals(Instant.MIN) ? now : warned.plus(BETWEEN_WARNINGS))) {
            return;
        }
        warned = now;
        if (left.isNegative()) {
            LOG.error(
                    "The {} has ended: clients refuse to connect. Replace tls.cert-file and"
                            + " tls.key-file; no restart is needed",
                    current);
        } else {
            LOG.warn(
                    "The {} ends in {} days. Replace tls.cert-file and tls.key-file; no restart is"
                            + " needed",
                    current,
                    left.toDays());
        }
    }

    @Override
    public void close() {
        timer.shutdown(); // Without an interrupt: a check may be reading files.
    }
}
