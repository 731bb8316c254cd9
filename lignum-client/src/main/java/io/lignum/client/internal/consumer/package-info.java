/**
 * The consumer: {@code SubscriptionClient} receives batches over any number of connections, {@code
 * RecordReader} decodes them, and {@code DefaultConsumer}, {@code RecordPump} and {@code
 * RecordPublisher} pass records on.
 */
@NullMarked
package io.lignum.client.internal.consumer;

import org.jspecify.annotations.NullMarked;
