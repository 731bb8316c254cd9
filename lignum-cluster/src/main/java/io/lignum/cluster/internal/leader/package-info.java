/**
 * The role of a node that leads an epoch: sends batches to the replicas, computes the high
 * watermark, and maintains the in-sync replicas. Called by {@code node} on the node loop; the
 * append path and {@code ReplicationSender} also run on other threads, as each class states. Start
 * with {@code LeaderRole}, then {@code Replicas}, {@code CommitTracker} and {@code IsrKeeper}.
 */
@NullMarked
package io.lignum.cluster.internal.leader;

import org.jspecify.annotations.NullMarked;
