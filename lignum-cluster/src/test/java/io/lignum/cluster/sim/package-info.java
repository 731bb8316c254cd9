/** Simulated time, coordinator and network, in one thread and driven by a seed. */
@NullMarked
package io.lignum.cluster.sim;

import org.jspecify.annotations.NullMarked;
