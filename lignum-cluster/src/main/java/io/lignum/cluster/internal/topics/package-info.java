/**
 * The replicated catalog of topics: the records of the metadata log, and how each node applies
 * them, in order. Also the forwarding of requests to the leader. The node loop, unless stated
 * otherwise.
 */
@NullMarked
package io.lignum.cluster.internal.topics;

import org.jspecify.annotations.NullMarked;
