@NullMarked
package io.lignum.bench.counts;

import org.jspecify.annotations.NullMarked;
