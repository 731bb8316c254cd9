/**
 * The client of a Lignum node: {@link io.lignum.client.LignumClient} gives producers, consumers and
 * the administration of topics.
 *
 * <p>Nothing here blocks unless its description says so. A client has one I/O thread, on which
 * futures are completed if no executor is given; blocking calls made on that thread are refused
 * with an {@link java.lang.IllegalStateException} instead of stopping everything.
 */
@NullMarked
package io.lignum.client;

import org.jspecify.annotations.NullMarked;
