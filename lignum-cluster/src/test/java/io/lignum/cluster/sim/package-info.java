/** Time, coordinator and network without a thread, from a seed. */
@NullMarked
package io.lignum.cluster.sim;

import org.jspecify.annotations.NullMarked;
