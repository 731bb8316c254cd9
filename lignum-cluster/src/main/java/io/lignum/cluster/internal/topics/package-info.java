/**
 * The replicated catalog of topics: records of the metadata log, and their execution on each node,
 * in order. Also the way of a request to the leader. The node's loop, except what says otherwise.
 */
@NullMarked
package io.lignum.cluster.internal.topics;

import org.jspecify.annotations.NullMarked;
