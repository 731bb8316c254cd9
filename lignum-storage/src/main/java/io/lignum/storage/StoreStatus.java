package io.lignum.storage;

/**
 * A store at a glance.
 *
 * @param topics how many there are
 * @param openFiles files held open now
 * @param pendingBytes appended and not yet acknowledged
 * @param usableBytes free space of the file system when last looked at
 * @param full appends are refused until there is more room than the reserve
 * @param recoveryNanos how long opening took
 */
public record StoreStatus(
        int topics,
        int openFiles,
        long pendingBytes,
        long usableBytes,
        boolean full,
        long recoveryNanos) {}
