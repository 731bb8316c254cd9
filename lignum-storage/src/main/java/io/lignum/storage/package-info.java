/**
 * The log engine: a directory of topics, each of them one totally ordered, durable log.
 *
 * <p>Start at {@link io.lignum.storage.LogStore}. An append goes through {@code TopicLog},
 * {@code AppendQueue} (checks, offsets, repeats, groups) and {@code LogWriter} (write, force,
 * acknowledge; one thread at a time) to {@code ActiveSegment}, the file. A read goes through
 * {@code LogCursor} and {@code Segment}. {@code LogRecovery} opens a log; {@code LogMaintenance}
 * and {@code LogReset} change its files between appends.
 *
 * <p>Public classes may be used by any thread unless they say otherwise. The files of a log are in
 * {@code internal.segment}; disk, clock and threads are behind the interfaces in {@code env}.
 */
@NullMarked
package io.lignum.storage;

import org.jspecify.annotations.NullMarked;
