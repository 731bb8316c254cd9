/** Benchmarks of the engine and of the node. */
@NullMarked
package io.lignum.bench;

import org.jspecify.annotations.NullMarked;
