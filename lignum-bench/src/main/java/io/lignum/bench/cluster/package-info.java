/** Starts clusters of real node processes and Consul for the benchmarks. */
@NullMarked
package io.lignum.bench.cluster;

import org.jspecify.annotations.NullMarked;
