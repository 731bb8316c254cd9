package io.lignum.cluster.internal.state;

/**
 * The cluster's state as the coordinator stores it. Immutable.
 *
 * @param index its ModifyIndex: a compare-and-set at this index replaces this value only
 */
public record StoredState(ClusterState value, long index) {}
