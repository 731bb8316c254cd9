package io.lignum.storage;

/**
 * Counts what lies under {@code divergent/}; see {@link LogStore#divergentTotals}.
 *
 * @param files number of {@link DivergentFile}s
 * @param bytes their size
 */
public record DivergentTotals(int files, long bytes) {}
