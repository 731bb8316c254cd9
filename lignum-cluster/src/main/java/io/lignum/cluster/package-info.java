/**
 * A node of a cluster: it elects a leader through a {@linkplain io.lignum.cluster.coordinator coordinator},
 * replicates every topic to every node, and says what is committed.
 */
@NullMarked
package io.lignum.cluster;

import org.jspecify.annotations.NullMarked;
