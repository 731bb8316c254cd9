package io.lignum.storage;

/**
 * Figures of a store.
 *
 * @param topics number of topics
 * @param openFiles files held open now
 * @param pendingBytes bytes appended and not yet acknowledged
 * @param usableBytes free space of the file system at the last measurement
 * @param full appends are refused until there is more free space than the reserve
 * @param recoveryNanos duration of the opening
 */
public record StoreStatus(
        int topics,
        int openFiles,
        long pendingBytes,
        long usableBytes,
        boolean full,
        long recoveryNanos) {}
