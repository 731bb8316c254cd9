package io.lignum.storage;

import java.util.Optional;

/**
 * Figures of a store.
 *
 * @param topics number of topics
 * @param openFiles files held open now
 * @param pendingBytes bytes appended and not yet acknowledged
 * @param usableBytes free space of the file system at the last measurement
 * @param whyFull why appends are refused for want of space; empty while they are accepted
 * @param recoveryNanos duration of the opening
 */
public record StoreStatus(
        int topics,
        int openFiles,
        long pendingBytes,
        long usableBytes,
        Optional<String> whyFull,
        long recoveryNanos) {

    /** Whether appends are refused for want of space. */
    public boolean full() {
        return whyFull.isPresent();
    }
}
