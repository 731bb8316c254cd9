package io.lignum.storage;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.EngineClock;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The directory {@code divergent/} of an open store: lists and finds what truncations cut, and
 * counts it without a walk of the directory for each question.
 *
 * <p>Any thread; calls read the disk. A log's writer reports each new file ({@link #changed}).
 * Operators delete files at any time, so a count is used for a minute at most.
 */
final class DivergentDirectory {

    private static final long MAX_AGE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Path dataDirectory;
    private final Disk disk;
    private final EngineClock clock;
    private @Nullable DivergentTotals counted;
    private long countedNanos;
    private volatile boolean changed;

    DivergentDirectory(Path dataDirectory, Disk disk, EngineClock clock) {
        this.dataDirectory = dataDirectory;
        this.disk = disk;
        this.clock = clock;
    }

    List<DivergentFile> list() {
        return DivergentFile.list(dataDirectory, disk);
    }

    Optional<DivergentFile> find(String name) {
        return DivergentFile.find(dataDirectory, disk, name);
    }

    /** A truncation saved a file. */
    void changed() {
        changed = true;
    }

    synchronized DivergentTotals totals() {
        long now = clock.monotonicNanos();
        DivergentTotals known = counted;
        if (known != null && !changed && now - countedNanos < MAX_AGE_NANOS) {
            return known;
        }
        // Before the walk: a file saved during the walk is then counted the next time.
        changed = false;
        List<DivergentFile> files = list();
        long bytes = files.stream().mapToLong(DivergentFile::bytes).sum();
        DivergentTotals totals = new DivergentTotals(files.size(), bytes);
        counted = totals;
        countedNanos = now;
        return totals;
    }
}
