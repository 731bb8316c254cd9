/** The works that are measured: one class for each kind of work and contender. */
@NullMarked
package io.lignum.bench.work;

import org.jspecify.annotations.NullMarked;
