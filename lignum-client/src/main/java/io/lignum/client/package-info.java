/**
 * The client of a Lignum node or cluster: {@link io.lignum.client.LignumClient} creates producers,
 * consumers and the administration of topics.
 *
 * <p>Methods do not block unless their description says so. A client has one I/O thread, which
 * completes futures unless the client has a callback executor. A blocking call on that thread
 * throws an {@link java.lang.IllegalStateException}, since it would wait for an answer that the
 * same thread has to receive.
 */
@NullMarked
package io.lignum.client;

import org.jspecify.annotations.NullMarked;
