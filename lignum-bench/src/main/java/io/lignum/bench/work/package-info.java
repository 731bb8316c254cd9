/** What is measured: one class for each piece of work and contender. */
@NullMarked
package io.lignum.bench.work;

import org.jspecify.annotations.NullMarked;
