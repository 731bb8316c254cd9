package io.lignum.cluster.transport;

import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Membership;

import java.util.List;

/**
 * Encodes and decodes {@link Membership}, for {@link PeerResponseCodec}. Stateless; decoding throws
 * {@link MalformedException}.
 */
final class MembershipCodec {

    private MembershipCodec() {}

    static Wire.Membership encode(Membership membership) {
        Wire.Membership.Builder out = Wire.Membership.newBuilder()
                .setEpoch(membership.epoch())
                .setVersion(membership.version())
                .setMinIsr(membership.minIsr());
        membership.inSync().forEach(member -> out.addInSync(ProtoConversions.member(member)));
        for (Membership.Known node : membership.nodes()) {
            out.addNodes(Wire.KnownNode.newBuilder()
                    .setNodeId(node.nodeId())
                    .setAddress(ProtoConversions.address(node.address()))
                    .setDecommissioned(node.decommissioned()));
        }
        return out.build();
    }

    /** Absent in the response of an earlier release, which decodes as {@link Membership#NONE}. */
    static Membership decode(Wire.Membership in) {
        if (Math.max(in.getInSyncCount(), in.getNodesCount()) > Membership.MAX_NODES) {
            throw new MalformedException(in.getInSyncCount() + " in-sync replicas of "
                    + in.getNodesCount() + " nodes where " + Membership.MAX_NODES
                    + " are allowed");
        }
        List<Member> inSync =
                in.getInSyncList().stream().map(ProtoConversions::member).toList();
        return new Membership(
                ProtoConversions.epoch(in.getEpoch()),
                ProtoConversions.offset(in.getVersion()),
                Math.max(1, ProtoConversions.epoch(in.getMinIsr())),
                inSync,
                in.getNodesList().stream().map(MembershipCodec::node).toList());
    }

    private static Membership.Known node(Wire.KnownNode in) {
        return new Membership.Known(
                ProtoConversions.name(in.getNodeId()),
                ProtoConversions.address(in.getAddress()),
                in.getDecommissioned());
    }
}
