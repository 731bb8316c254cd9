package io.lignum.cluster.internal.state;

import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.NodeAddress;

/**
 * A node's durable registration with the coordinator, which outlives the node.
 *
 * @param decommissioned taken out of the cluster by an operator: not counted, not taken in again
 */
public record NodeRecord(Member member, NodeAddress address, boolean decommissioned) {}
