package io.lignum.cluster.transport;

import static io.lignum.cluster.transport.ProtoConversions.bytes;
import static io.lignum.cluster.transport.ProtoConversions.epoch;
import static io.lignum.cluster.transport.ProtoConversions.id;
import static io.lignum.cluster.transport.ProtoConversions.member;
import static io.lignum.cluster.transport.ProtoConversions.offset;

import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.Message.Refused.Reason;

import java.util.Optional;

/**
 * Converts the messages of a stream between nodes, {@link Message}, to and from protobuf. The two
 * ends of a {@link GrpcPeerStream} call it, on the thread that sends and on the event loop that
 * receives. Decoding throws {@link MalformedException} for an invalid message. Stateless.
 */
final class MessageCodec {

    private MessageCodec() {}

    // ---- encode

    static Wire.Frame encode(Message message) {
        Wire.Frame.Builder frame = Wire.Frame.newBuilder().setEpoch(message.epoch());
        if (message instanceof Message.Append append) {
            frame.setAppend(encode(append));
        } else if (message instanceof Message.Acks acks) {
            frame.setAcks(encode(acks));
        } else if (message instanceof Message.Heartbeat heartbeat) {
            frame.setHeartbeat(encode(heartbeat));
        } else if (message instanceof Message.Alive alive) {
            frame.setAlive(Wire.Alive.newBuilder().setBeat(alive.beat()));
        } else if (message instanceof Message.LastBatchPositions positions) {
            frame.setPositions(encode(positions));
        } else if (message instanceof Message.EpochEndOffsets answers) {
            frame.setEpochEndOffsets(encode(answers));
        } else if (message instanceof Message.Register register) {
            frame.setRegister(encode(register));
        } else if (message instanceof Message.Welcome welcome) {
            frame.setWelcome(Wire.Welcome.newBuilder().setLeader(member(welcome.leader())));
        } else if (message instanceof Message.Refused refused) {
            frame.setRefused(encode(refused));
        }
        return frame.build();
    }

    private static Wire.Append encode(Message.Append append) {
        Wire.Append.Builder out = Wire.Append.newBuilder()
                .setTopic(id(append.topic()))
                .setBaseOffset(append.baseOffset())
                .setBatches(bytes(append.batches()));
        append.highWatermark().ifPresent(out::setHighWatermark);
        return out.build();
    }

    private static Wire.Acks encode(Message.Acks acks) {
        Wire.Acks.Builder out = Wire.Acks.newBuilder();
        for (Message.Ack ack : acks.acks()) {
            out.addAcks(Wire.Ack.newBuilder()
                    .setTopic(id(ack.topic()))
                    .setEndOffset(ack.endOffset())
                    .setDurableEnd(ack.durableEnd()));
        }
        return out.build();
    }

    private static Wire.Heartbeat encode(Message.Heartbeat heartbeat) {
        Wire.Heartbeat.Builder out = Wire.Heartbeat.newBuilder().setBeat(heartbeat.beat());
        for (Message.Watermark watermark : heartbeat.watermarks()) {
            Wire.Watermark.Builder one =
                    Wire.Watermark.newBuilder().setTopic(id(watermark.topic()));
            watermark.highWatermark().ifPresent(one::setHighWatermark);
            out.addWatermarks(one);
        }
        return out.build();
    }

    private static Wire.LastBatchPositions encode(Message.LastBatchPositions positions) {
        Wire.LastBatchPositions.Builder out = Wire.LastBatchPositions.newBuilder();
        for (Message.LastBatchPosition position : positions.positions()) {
            Wire.LastBatchPosition.Builder one = Wire.LastBatchPosition.newBuilder()
                    .setTopic(id(position.topic()))
                    .setRequest(position.request())
                    .setEndOffset(position.endOffset());
            position.lastEpoch().ifPresent(one::setLastEpoch);
            out.addPositions(one);
        }
        return out.build();
    }

    private static Wire.EpochEndOffsets encode(Message.EpochEndOffsets answers) {
        Wire.EpochEndOffsets.Builder out = Wire.EpochEndOffsets.newBuilder();
        for (Message.EpochEndOffset epochEnd : answers.offsets()) {
            Wire.EpochEndOffset.Builder one = Wire.EpochEndOffset.newBuilder()
                    .setTopic(id(epochEnd.topic()))
                    .setRequest(epochEnd.request())
                    .setEndOffset(epochEnd.endOffset())
                    .setFirstOffset(epochEnd.firstOffset())
                    .setLogStart(epochEnd.logStart())
                    .setProducers(bytes(epochEnd.producers()));
            epochEnd.epochFound().ifPresent(one::setEpochFound);
            out.addOffsets(one);
        }
        return out.build();
    }

    private static Wire.Register encode(Message.Register register) {
        Wire.Register.Builder out = Wire.Register.newBuilder()
                .setFollower(member(register.follower()))
                .setClusterId(id(register.clusterId()))
                .setAddress(ProtoConversions.address(register.address()));
        register.failure().map(ProtoConversions::shortened).ifPresent(out::setFailure);
        return out.build();
    }

    private static Wire.Refused encode(Message.Refused refused) {
        Wire.Refused.Reason reason = switch (refused.reason()) {
            case NOT_LEADER -> Wire.Refused.Reason.NOT_LEADER;
            case WRONG_CLUSTER -> Wire.Refused.Reason.WRONG_CLUSTER;
            case DATA_LOST -> Wire.Refused.Reason.DATA_LOST;
        };
        return Wire.Refused.newBuilder()
                .setReason(reason)
                .setText(ProtoConversions.shortened(refused.text()))
                .build();
    }

    // ---- decode

    static Message decode(Wire.Frame frame) {
        int epoch = epoch(frame.getEpoch());
        return switch (frame.getKindCase()) {
            case APPEND -> decode(epoch, frame.getAppend());
            case ACKS -> decode(epoch, frame.getAcks());
            case HEARTBEAT -> decode(epoch, frame.getHeartbeat());
            case ALIVE -> new Message.Alive(epoch, frame.getAlive().getBeat());
            case POSITIONS -> decode(epoch, frame.getPositions());
            case EPOCH_END_OFFSETS -> decode(epoch, frame.getEpochEndOffsets());
            case REGISTER -> decode(epoch, frame.getRegister());
            case WELCOME -> new Message.Welcome(epoch, member(frame.getWelcome().getLeader()));
            case REFUSED -> decode(epoch, frame.getRefused());
            case KIND_NOT_SET -> throw new MalformedException("a frame of an unknown kind");
        };
    }

    private static Message decode(int epoch, Wire.Append in) {
        return new Message.Append(
                epoch,
                id(in.getTopic()),
                offset(in.getBaseOffset()),
                offset(in.hasHighWatermark(), in.getHighWatermark()),
                bytes(in.getBatches()));
    }

    private static Message decode(int epoch, Wire.Acks in) {
        return new Message.Acks(
                epoch,
                in.getAcksList().stream()
                        .map(ack -> new Message.Ack(
                                id(ack.getTopic()),
                                offset(ack.getEndOffset()),
                                offset(ack.getDurableEnd())))
                        .toList());
    }

    private static Message decode(int epoch, Wire.Heartbeat in) {
        return new Message.Heartbeat(
                epoch,
                in.getBeat(),
                in.getWatermarksList().stream()
                        .map(one -> new Message.Watermark(
                                id(one.getTopic()),
                                offset(one.hasHighWatermark(), one.getHighWatermark())))
                        .toList());
    }

    private static Message decode(int epoch, Wire.LastBatchPositions in) {
        return new Message.LastBatchPositions(
                epoch,
                in.getPositionsList().stream()
                        .map(one -> new Message.LastBatchPosition(
                                id(one.getTopic()),
                                one.getRequest(),
                                epoch(one.hasLastEpoch(), one.getLastEpoch()),
                                offset(one.getEndOffset())))
                        .toList());
    }

    private static Message decode(int epoch, Wire.EpochEndOffsets in) {
        return new Message.EpochEndOffsets(
                epoch,
                in.getOffsetsList().stream()
                        .map(one -> new Message.EpochEndOffset(
                                id(one.getTopic()),
                                one.getRequest(),
                                epoch(one.hasEpochFound(), one.getEpochFound()),
                                offset(one.getEndOffset()),
                                offset(one.getFirstOffset()),
                                offset(one.getLogStart()),
                                bytes(one.getProducers())))
                        .toList());
    }

    private static Message decode(int epoch, Wire.Register in) {
        return new Message.Register(
                epoch,
                member(in.getFollower()),
                id(in.getClusterId()),
                ProtoConversions.address(in.getAddress()),
                in.hasFailure()
                        ? Optional.of(
                                ProtoConversions.atMost(in.getFailure(), ProtoConversions.MAX_TEXT))
                        : Optional.empty());
    }

    private static Message decode(int epoch, Wire.Refused in) {
        Reason reason = switch (in.getReason()) {
            case NOT_LEADER -> Reason.NOT_LEADER;
            case WRONG_CLUSTER -> Reason.WRONG_CLUSTER;
            case DATA_LOST -> Reason.DATA_LOST;
            case UNSPECIFIED, UNRECOGNIZED ->
                throw new MalformedException("refused for an unknown reason");
        };
        return new Message.Refused(
                epoch, reason, ProtoConversions.atMost(in.getText(), ProtoConversions.MAX_TEXT));
    }
}
