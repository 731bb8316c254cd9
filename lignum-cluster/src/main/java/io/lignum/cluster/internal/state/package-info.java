/**
 * What the other layers share: this node's identity on its disk, the cluster's state at the
 * coordinator and this node's view of it, the session, the damaged topics, and {@link
 * io.lignum.cluster.internal.state.NodeContext}, through which work gets from one thread to
 * another. Depends on no other internal package.
 */
@NullMarked
package io.lignum.cluster.internal.state;

import org.jspecify.annotations.NullMarked;
