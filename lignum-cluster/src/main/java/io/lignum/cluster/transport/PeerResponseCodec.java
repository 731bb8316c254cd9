package io.lignum.cluster.transport;

import static io.lignum.cluster.transport.ProtoConversions.bytes;
import static io.lignum.cluster.transport.ProtoConversions.epoch;
import static io.lignum.cluster.transport.ProtoConversions.id;
import static io.lignum.cluster.transport.ProtoConversions.member;
import static io.lignum.cluster.transport.ProtoConversions.offset;

import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.PeerResponse;

/**
 * Converts the response to a {@link PeerRequest}, or the {@link PeerException} that refuses it, to
 * and from protobuf. {@link PeerGrpcService} encodes, {@link UnaryPeerCall} decodes. Decoding
 * throws {@link MalformedException} for an invalid response. Stateless.
 */
final class PeerResponseCodec {

    private PeerResponseCodec() {}

    // ---- encode

    static Wire.AskReply encode(PeerResponse answer) {
        Wire.AskReply.Builder out = Wire.AskReply.newBuilder();
        if (answer instanceof PeerResponse.Appended appended) {
            out.setAppended(Wire.Appended.newBuilder()
                    .setLeader(appended.leader())
                    .setFirstOffset(appended.firstOffset())
                    .setCount(appended.count())
                    .setDuplicate(appended.duplicate()));
        } else if (answer instanceof PeerResponse.ReadUpTo upTo) {
            out.setReadUpTo(
                    Wire.ReadUpTo.newBuilder().setEpoch(upTo.epoch()).setOffset(upTo.offset()));
        } else if (answer instanceof PeerResponse.Progress progress) {
            out.setProgress(encode(progress));
        } else if (answer instanceof PeerResponse.Batches batches) {
            out.setBatches(Wire.Batches.newBuilder().setBatches(bytes(batches.batches())));
        } else if (answer instanceof PeerResponse.Done) {
            out.setDone(Wire.Done.getDefaultInstance());
        } else if (answer instanceof PeerResponse.TopicChanged changed) {
            out.setTopicChanged(Wire.TopicChanged.newBuilder().setTopic(id(changed.topic())));
        } else if (answer instanceof PeerResponse.Status status) {
            out.setStatus(Wire.Status.newBuilder().setJson(status.json()));
        }
        return out.build();
    }

    static Wire.AskReply encode(PeerException failure) {
        String text = failure.getMessage();
        Wire.Failure.Builder out = Wire.Failure.newBuilder()
                .setCode(failure.code())
                .setUnknown(failure.isUnknown())
                .setText(text == null ? "" : ProtoConversions.shortened(text));
        failure.limit().ifPresent(hit -> out.setLimit(hit.name()).setLimitValue(hit.value()));
        return Wire.AskReply.newBuilder().setFailure(out).build();
    }

    private static Wire.Progress encode(PeerResponse.Progress progress) {
        Wire.Progress.Builder out = Wire.Progress.newBuilder()
                .setNode(member(progress.node()))
                .setEpoch(progress.epoch())
                .setSeenVersion(progress.seenVersion())
                .setLeading(progress.leading())
                .setMembership(MembershipCodec.encode(progress.membership()));
        for (PeerResponse.LogEnd end : progress.ends()) {
            Wire.LogEnd.Builder one = Wire.LogEnd.newBuilder()
                    .setTopic(id(end.topic()))
                    .setEndOffset(end.endOffset());
            end.lastEpoch().ifPresent(one::setLastEpoch);
            out.addEnds(one);
        }
        return out.build();
    }

    // ---- decode

    /**
     * Decodes a response.
     *
     * @throws PeerException the peer refused the request
     */
    static PeerResponse decode(Wire.AskReply in) {
        return switch (in.getAnswerCase()) {
            case FAILURE -> throw decode(in.getFailure());
            case APPENDED -> decode(in.getAppended());
            case READ_UP_TO ->
                new PeerResponse.ReadUpTo(
                        epoch(in.getReadUpTo().getEpoch()),
                        offset(in.getReadUpTo().getOffset()));
            case PROGRESS -> decode(in.getProgress());
            case BATCHES -> new PeerResponse.Batches(bytes(in.getBatches().getBatches()));
            case DONE -> new PeerResponse.Done();
            case TOPIC_CHANGED ->
                new PeerResponse.TopicChanged(id(in.getTopicChanged().getTopic()));
            case STATUS -> new PeerResponse.Status(in.getStatus().getJson());
            case ANSWER_NOT_SET -> throw new MalformedException("an answer of an unknown kind");
        };
    }

    private static PeerException decode(Wire.Failure in) {
        PeerException failure = new PeerException(
                ProtoConversions.name(in.getCode()),
                in.getUnknown(),
                ProtoConversions.atMost(in.getText(), ProtoConversions.MAX_TEXT),
                null);
        return in.getLimit().isEmpty()
                ? failure
                : failure.withLimit(new PeerException.Limit(
                        ProtoConversions.name(in.getLimit()), in.getLimitValue()));
    }

    private static PeerResponse decode(Wire.Appended in) {
        return new PeerResponse.Appended(
                ProtoConversions.name(in.getLeader()),
                offset(in.getFirstOffset()),
                (int) offset(in.getCount()),
                in.getDuplicate());
    }

    private static PeerResponse decode(Wire.Progress in) {
        return new PeerResponse.Progress(
                member(in.getNode()),
                epoch(in.getEpoch()),
                offset(in.getSeenVersion()),
                in.getLeading(),
                in.getEndsList().stream()
                        .map(end -> new PeerResponse.LogEnd(
                                id(end.getTopic()),
                                epoch(end.hasLastEpoch(), end.getLastEpoch()),
                                offset(end.getEndOffset())))
                        .toList(),
                MembershipCodec.decode(in.getMembership()));
    }
}
