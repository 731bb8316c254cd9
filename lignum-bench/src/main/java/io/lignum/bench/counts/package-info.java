/**
 * Counts system calls, context switches and CPU time of the nodes per append. {@link
 * io.lignum.bench.counts.Counts} is the program; {@link io.lignum.bench.counts.RowMeter} measures
 * one row of its table.
 */
@NullMarked
package io.lignum.bench.counts;

import org.jspecify.annotations.NullMarked;
