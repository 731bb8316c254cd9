/**
 * State that the other layers share: this node's identity on its disk, the cluster's state at the
 * coordinator and this node's view of it, the session, the damaged topics, and
 * {@link io.lignum.cluster.internal.state.NodeContext}, which moves work between threads. Depends
 * on no other internal package.
 */
@NullMarked
package io.lignum.cluster.internal.state;

import org.jspecify.annotations.NullMarked;
