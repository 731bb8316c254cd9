/** Hostile bytes from a seed, for the tests of every module that reads what others wrote. */
@NullMarked
package io.lignum.record.fuzz;

import org.jspecify.annotations.NullMarked;
