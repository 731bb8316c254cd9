/** The node's metrics for Prometheus. */
@NullMarked
package io.lignum.server.metrics;

import org.jspecify.annotations.NullMarked;
