@NullMarked
package io.lignum.bench.cluster;

import org.jspecify.annotations.NullMarked;
