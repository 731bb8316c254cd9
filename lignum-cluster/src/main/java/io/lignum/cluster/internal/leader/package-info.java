/**
 * What a node does in an epoch that it leads: sends batches to the replicas, computes the high
 * watermark, and keeps the in-sync replicas. Called by {@code internal.node} on the node's loop;
 * the append path and {@code ReplicationSender} also run on other threads, as each class says.
 */
@NullMarked
package io.lignum.cluster.internal.leader;

import org.jspecify.annotations.NullMarked;
