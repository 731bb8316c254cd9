package io.lignum.server.tls;

import io.lignum.server.reload.FileReloader;
import io.lignum.server.reload.UnusableFileException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Keeps the node's TLS identity up to date, and warns before its certificate ends. Connections that
 * are open keep the identity with which they began. The timer calls {@link #check}; other methods
 * are for any thread.
 */
public final class TlsReloader {

    private static final Logger LOG = LoggerFactory.getLogger(TlsReloader.class);
    private static final Duration BETWEEN_WARNINGS = Duration.ofDays(1);

    private final TlsConfig config;
    private final Clock clock;
    private final FileReloader<TlsIdentity> files;
    private Instant warned = Instant.MIN; // guarded by this

    private TlsReloader(TlsConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
        this.files = new FileReloader<>("TLS", TlsIdentity.load(config), this::loadIfChanged);
        files.onReload(fresh -> warned = Instant.MIN);
        warnOfExpiry();
    }

    /**
     * Reads the files and begins to watch them.
     *
     * @param timer runs the checks
     * @throws io.lignum.server.reload.UnusableFileException the message says what to do
     */
    public static TlsReloader start(TlsConfig config, ScheduledExecutorService timer) {
        return start(config, timer, Clock.systemUTC());
    }

    static TlsReloader start(TlsConfig config, ScheduledExecutorService timer, Clock clock) {
        TlsReloader made = new TlsReloader(config, clock);
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
        return files.current();
    }

    /** Calls the listener with each new identity, on the timer's thread. */
    public void onReload(Consumer<TlsIdentity> listener) {
        files.onReload(listener);
    }

    /** The files of the identity. */
    public FileReloader<TlsIdentity> files() {
        return files;
    }

    /** Clients refuse a certificate that has ended, so a valid one is not given up for it. */
    private Optional<TlsIdentity> loadIfChanged(TlsIdentity current) {
        Optional<TlsIdentity> fresh = current.loadIfChanged(config);
        Instant now = clock.instant();
        if (current.notAfter().isAfter(now)
                && fresh.filter(read -> read.notAfter().isBefore(now)).isPresent()) {
            throw new UnusableFileException("tls.cert-file: " + config.files().certificate()
                    + " has ended at " + fresh.orElseThrow().notAfter());
        }
        return fresh;
    }

    synchronized void check() {
        files.check();
        warnOfExpiry();
    }

    private synchronized void warnOfExpiry() {
        Instant now = clock.instant();
        Duration left = Duration.between(now, current().notAfter());
        if (left.compareTo(config.expiryWarning()) > 0
                || now.isBefore(warned.equals(Instant.MIN) ? now : warned.plus(BETWEEN_WARNINGS))) {
            return;
        }
        warned = now;
        if (left.isNegative()) {
            LOG.error(
                    "The {} has ended: clients refuse to connect. Replace tls.cert-file and"
                            + " tls.key-file; no restart is needed",
                    current());
        } else {
            LOG.warn(
                    "The {} ends in {} days. Replace tls.cert-file and tls.key-file; no restart is"
                            + " needed",
                    current(),
                    left.toDays());
        }
    }
}
