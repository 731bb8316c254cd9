package io.lignum.cluster.transport;

import static io.lignum.cluster.transport.ProtoConversions.bytes;
import static io.lignum.cluster.transport.ProtoConversions.epoch;
import static io.lignum.cluster.transport.ProtoConversions.id;
import static io.lignum.cluster.transport.ProtoConversions.member;
import static io.lignum.cluster.transport.ProtoConversions.offset;

import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.PeerRequest;

/**
 * Converts {@link PeerRequest} to and from protobuf. {@link GrpcNetwork} encodes, {@link
 * PeerGrpcService} decodes. Decoding throws {@link MalformedException}. Stateless.
 */
final class PeerRequestCodec {

    private PeerRequestCodec() {}

    // ---- encode

    static Wire.AskRequest encode(PeerRequest request) {
        Wire.AskRequest.Builder out = Wire.AskRequest.newBuilder();
        if (request instanceof PeerRequest.Append append) {
            from(out, append.sender(), append.epoch()).setAppend(encode(append));
        } else if (request instanceof PeerRequest.ReadIndex index) {
            from(out, index.sender(), index.epoch())
                    .setReadIndex(Wire.ReadIndex.newBuilder().setTopic(id(index.topic())));
        } else if (request instanceof PeerRequest.LogEndRequest logEnd) {
            from(out, logEnd.sender(), logEnd.epoch())
                    .setLogEnd(Wire.LogEndRequest.getDefaultInstance());
        } else if (request instanceof PeerRequest.Continuation continuation) {
            from(out, continuation.sender(), continuation.epoch())
                    .setContinuation(encode(continuation));
        } else if (request instanceof PeerRequest.Command command) {
            from(out, command.sender(), command.epoch())
                    .setCommand(LeaderCommandCodec.encode(command.command()));
        }
        return out.build();
    }

    private static Wire.AskRequest.Builder from(
            Wire.AskRequest.Builder out, Member sender, int epoch) {
        return out.setAsker(member(sender)).setEpoch(epoch);
    }

    private static Wire.Forward encode(PeerRequest.Append append) {
        Wire.Forward.Builder out = Wire.Forward.newBuilder()
                .setTopic(append.topic())
                .setBatch(bytes(append.batch()))
                .setMayCreate(append.mayCreate());
        append.expectedEnd().ifPresent(out::setExpectedEnd);
        return out.build();
    }

    private static Wire.Continuation encode(PeerRequest.Continuation continuation) {
        Wire.Continuation.Builder out = Wire.Continuation.newBuilder()
                .setTopic(id(continuation.topic()))
                .setFromOffset(continuation.fromOffset())
                .setMaxBytes(continuation.maxBytes());
        continuation.lastEpoch().ifPresent(out::setLastEpoch);
        return out.build();
    }

    // ---- decode

    static PeerRequest decode(Wire.AskRequest in) {
        if (in.getQuestionCase() == Wire.AskRequest.QuestionCase.QUESTION_NOT_SET) {
            throw new MalformedException("a request of an unknown kind");
        }
        Member sender = member(in.getAsker());
        int epoch = epoch(in.getEpoch());
        return switch (in.getQuestionCase()) {
            case APPEND -> decode(sender, epoch, in.getAppend());
            case READ_INDEX ->
                new PeerRequest.ReadIndex(sender, epoch, id(in.getReadIndex().getTopic()));
            case LOG_END -> new PeerRequest.LogEndRequest(sender, epoch);
            case CONTINUATION -> decode(sender, epoch, in.getContinuation());
            case COMMAND ->
                new PeerRequest.Command(sender, epoch, LeaderCommandCodec.decode(in.getCommand()));
            case QUESTION_NOT_SET -> throw new MalformedException("a request of an unknown kind");
        };
    }

    private static PeerRequest decode(Member sender, int epoch, Wire.Forward in) {
        return new PeerRequest.Append(
                sender,
                epoch,
                ProtoConversions.atMost(in.getTopic(), ProtoConversions.MAX_TOPIC),
                bytes(in.getBatch()),
                offset(in.hasExpectedEnd(), in.getExpectedEnd()),
                in.getMayCreate());
    }

    private static PeerRequest decode(Member sender, int epoch, Wire.Continuation in) {
        return new PeerRequest.Continuation(
                sender,
                epoch,
                id(in.getTopic()),
                epoch(in.hasLastEpoch(), in.getLastEpoch()),
                offset(in.getFromOffset()),
                (int) offset(in.getMaxBytes()));
    }
}
