/**
 * Elections: how a node becomes a candidate, and takes the leader lock and the epoch in one
 * transaction; and the check before an operator's {@code recover}. The node loop only.
 */
@NullMarked
package io.lignum.cluster.internal.election;

import org.jspecify.annotations.NullMarked;
