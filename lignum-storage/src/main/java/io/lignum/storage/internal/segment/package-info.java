/**
 * The files of one log: segments, their indexes, and the side files that say what was durable.
 *
 * <p>{@code Segment} and {@code SegmentList} are what readers see of the segments;
 * {@code ActiveSegment} is the one that is written to. {@code BatchScan} and {@code SegmentScan} go
 * through the batches of a file. {@code SegmentIndexes} finds a position by offset or time.
 * {@code SegmentManifest} lists the sealed segments, {@code Checkpoint} holds what was known at one
 * point, with {@code EpochHistory} and {@code ProducerStates}; {@code DurableState} answers from
 * both what was durable. {@code SideFiles} and {@code TailRepair} save bytes before they are cut
 * off.
 *
 * <p>The engine's root package calls these classes: a log's writer and recovery change files, one
 * thread at a time; readers only look at published state. The package knows nothing of topics,
 * queues or the public API, and is not exported.
 */
@NullMarked
package io.lignum.storage.internal.segment;

import org.jspecify.annotations.NullMarked;
