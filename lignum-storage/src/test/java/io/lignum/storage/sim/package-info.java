/**
 * The engine's seams, simulated: a disk that knows what was forced, and an environment without
 * threads in which everything happens one step at a time, in an order that a seed decides.
 */
@NullMarked
package io.lignum.storage.sim;

import org.jspecify.annotations.NullMarked;
