/**
 * Builds, reads and checks record batches of version 2, the format of the log on disk and between
 * nodes.
 *
 * <p>Producers build batches with {@code RecordBatchBuilder}; a listener checks foreign ones with
 * {@code BatchValidator}; the engine and consumers read them with {@code RecordBatch} and
 * {@code RecordCursor}. {@code BatchLayout} is the only class that knows positions. Builders, views
 * and cursors are for one thread at a time.
 */
@NullMarked
package io.lignum.record;

import org.jspecify.annotations.NullMarked;
