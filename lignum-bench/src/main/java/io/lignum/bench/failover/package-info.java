/** Measures how long writes stop when the leader fails, and checks that no record is lost. */
@NullMarked
package io.lignum.bench.failover;

import org.jspecify.annotations.NullMarked;
