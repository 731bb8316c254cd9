package io.lignum.cluster.internal.state;

import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.NodeAddress;

/**
 * A node's registration with the coordinator, which outlives its process.
 *
 * @param decommissioned removed from the cluster by an operator: not counted, and not added again
 */
public record NodeRecord(Member member, NodeAddress address, boolean decommissioned) {}
