/**
 * The producer: {@code Accumulator} collects records into batches, {@code Pipeline} delivers
 * batches in order and exactly once over any number of connections, {@code ProducerEngine} runs it
 * on the I/O thread.
 */
@NullMarked
package io.lignum.client.internal.producer;

import org.jspecify.annotations.NullMarked;
