/** The messages and requests between nodes, and the interface to the network that carries them. */
@NullMarked
package io.lignum.cluster.peer;

import org.jspecify.annotations.NullMarked;
