/**
 * Counts what the node does, and writes the figures as text for Prometheus at {@code /metrics}.
 * The state of the store and the cluster is read when the text is requested.
 */
@NullMarked
package io.lignum.server.metrics;

import org.jspecify.annotations.NullMarked;
