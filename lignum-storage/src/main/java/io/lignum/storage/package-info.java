/**
 * The log engine: a directory of topics, each one totally ordered, durable log.
 *
 * <p>Start at {@link io.lignum.storage.LogStore}. The path of a record: {@code TopicLog} (the
 * public face) → {@code AppendQueue} (offsets, duplicates, groups) → {@code LogWriter} (write,
 * force, acknowledge; one owner at a time) → {@code ActiveSegment} (the file). Back:
 * {@code LogCursor} → {@code Segment} → the file.
 */
@NullMarked
package io.lignum.storage;

import org.jspecify.annotations.NullMarked;
