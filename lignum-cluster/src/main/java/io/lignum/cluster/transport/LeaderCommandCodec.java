package io.lignum.cluster.transport;

import static io.lignum.cluster.transport.ProtoConversions.name;
import static io.lignum.cluster.transport.ProtoConversions.offset;

import io.lignum.cluster.peer.LeaderCommand;

import java.util.Optional;

/**
 * Converts {@link LeaderCommand} to and from its protobuf message. Decoding throws
 * {@link MalformedException} for an unknown command and for fields that are too long.
 * {@link PeerRequestCodec} calls it. Stateless.
 */
final class LeaderCommandCodec {

    private LeaderCommandCodec() {}

    static Wire.LeaderCommand encode(LeaderCommand command) {
        Wire.LeaderCommand.Builder out = Wire.LeaderCommand.newBuilder();
        if (command instanceof LeaderCommand.CreateTopic create) {
            out.setCreateTopic(Wire.CreateTopic.newBuilder()
                    .setName(create.name())
                    .setSettings(create.settings()));
        } else if (command instanceof LeaderCommand.AlterTopic alter) {
            out.setAlterTopic(Wire.AlterTopic.newBuilder()
                    .setName(alter.name())
                    .setSettings(alter.settings()));
        } else if (command instanceof LeaderCommand.DeleteTopic delete) {
            out.setDeleteTopic(Wire.DeleteTopic.newBuilder().setName(delete.name()));
        } else if (command instanceof LeaderCommand.TrimTopic trim) {
            out.setTrimTopic(
                    Wire.TrimTopic.newBuilder().setName(trim.name()).setNewStart(trim.newStart()));
        } else if (command instanceof LeaderCommand.GetStatus) {
            out.setGetStatus(Wire.GetStatus.getDefaultInstance());
        } else if (command instanceof LeaderCommand.TransferLeadership transfer) {
            Wire.TransferLeadership.Builder to = Wire.TransferLeadership.newBuilder();
            transfer.toNodeId().ifPresent(to::setToNodeId);
            out.setTransferLeadership(to);
        } else if (command instanceof LeaderCommand.Decommission decommission) {
            out.setDecommission(Wire.Decommission.newBuilder().setNodeId(decommission.nodeId()));
        }
        return out.build();
    }

    static LeaderCommand decode(Wire.LeaderCommand in) {
        return switch (in.getCommandCase()) {
            case CREATE_TOPIC ->
                new LeaderCommand.CreateTopic(
                        topic(in.getCreateTopic().getName()),
                        settings(in.getCreateTopic().getSettings()));
            case ALTER_TOPIC ->
                new LeaderCommand.AlterTopic(
                        topic(in.getAlterTopic().getName()),
                        settings(in.getAlterTopic().getSettings()));
            case DELETE_TOPIC ->
                new LeaderCommand.DeleteTopic(topic(in.getDeleteTopic().getName()));
            case TRIM_TOPIC ->
                new LeaderCommand.TrimTopic(
                        topic(in.getTrimTopic().getName()),
                        offset(in.getTrimTopic().getNewStart()));
            case GET_STATUS -> new LeaderCommand.GetStatus();
            case TRANSFER_LEADERSHIP ->
                new LeaderCommand.TransferLeadership(
                        in.getTransferLeadership().hasToNodeId()
                                ? Optional.of(name(in.getTransferLeadership().getToNodeId()))
                                : Optional.empty());
            case DECOMMISSION ->
                new LeaderCommand.Decommission(name(in.getDecommission().getNodeId()));
            case COMMAND_NOT_SET -> throw new MalformedException("a command of an unknown kind");
        };
    }

    private static String topic(String name) {
        return ProtoConversions.atMost(name, ProtoConversions.MAX_TOPIC);
    }

    private static String settings(String json) {
        return ProtoConversions.atMost(json, ProtoConversions.MAX_TEXT);
    }
}
