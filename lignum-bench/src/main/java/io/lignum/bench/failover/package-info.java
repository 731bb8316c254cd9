@NullMarked
package io.lignum.bench.failover;

import org.jspecify.annotations.NullMarked;
