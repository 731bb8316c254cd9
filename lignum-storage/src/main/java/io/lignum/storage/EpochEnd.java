package io.lignum.storage;

/**
 * The largest epoch of a log that is not above the one asked for.
 *
 * @param epoch that epoch
 * @param endOffset first offset that is not of it or an earlier epoch: the next epoch's start or
 *     the log end offset
 */
public record EpochEnd(int epoch, long endOffset) {}
