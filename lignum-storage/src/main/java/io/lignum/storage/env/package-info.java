/**
 * Disk, clock, randomness and threads, behind interfaces.
 *
 * <p>Only this package may open files, read clocks, draw random numbers or start threads. Hand in
 * an {@link io.lignum.storage.env.Environment} of your own and the whole engine runs in one thread,
 * step by step.
 */
@NullMarked
package io.lignum.storage.env;

import org.jspecify.annotations.NullMarked;
