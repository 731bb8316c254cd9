/** What nodes say to each other, and the seam to the network that carries it. */
@NullMarked
package io.lignum.cluster.peer;

import org.jspecify.annotations.NullMarked;
