/** What the node tells Prometheus. */
@NullMarked
package io.lignum.server.metrics;

import org.jspecify.annotations.NullMarked;
