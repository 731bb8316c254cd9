package io.lignum.cluster.transport;

import static io.lignum.cluster.transport.Fields.bytes;
import static io.lignum.cluster.transport.Fields.epoch;
import static io.lignum.cluster.transport.Fields.id;
import static io.lignum.cluster.transport.Fields.member;
import static io.lignum.cluster.transport.Fields.offset;

import io.lignum.cluster.peer.Answer;
import io.lignum.cluster.peer.PeerException;

/** {@link Answer} and {@link PeerException} to and from what goes over the wire. */
final class Answers {

    private Answers() {}

    // ---- out

    static Wire.AskReply encode(Answer answer) {
        Wire.AskReply.Builder out = Wire.AskReply.newBuilder();
        if (answer instanceof Answer.Appended appended) {
            out.setAppended(Wire.Appended.newBuilder()
                    .setLeader(appended.leader())
                    .setFirstOffset(appended.firstOffset())
                    .setCount(appended.count())
                    .setDuplicate(appended.duplicate()));
        } else if (answer instanceof Answer.ReadUpTo upTo) {
            out.setReadUpTo(
                    Wire.ReadUpTo.newBuilder().setEpoch(upTo.epoch()).setOffset(upTo.offset()));
        } else if (answer instanceof Answer.Progress progress) {
            out.setProgress(encode(progress));
        } else if (answer instanceof Answer.Batches batches) {
            out.setBatches(Wire.Batches.newBuilder().setBatches(bytes(batches.batches())));
        } else if (answer instanceof Answer.Done done) {
            out.setDone(Wire.Done.newBuilder().setText(done.text()));
        }
        return out.build();
    }

    static Wire.AskReply encode(PeerException failure) {
        String text = failure.getMessage();
        Wire.Failure.Builder out = Wire.Failure.newBuilder()
                .setCode(failure.code())
                .setUnknown(failure.isUnknown())
                .setText(text == null ? "" : Fields.shortened(text));
        failure.limit().ifPresent(hit -> out.setLimit(hit.name()).setLimitValue(hit.value()));
        return Wire.AskReply.newBuilder().setFailure(out).build();
    }

    private static Wire.Progress encode(Answer.Progress progress) {
        Wire.Progress.Builder out = Wire.Progress.newBuilder()
                .setNode(member(progress.node()))
                .setEpoch(progress.epoch())
                .setSeenVersion(progress.seenVersion())
                .setLeading(progress.leading())
                .setMembership(Memberships.encode(progress.membership()));
        for (Answer.LogEnd end : progress.ends()) {
            Wire.LogEnd.Builder one = Wire.LogEnd.newBuilder()
                    .setTopic(id(end.topic()))
                    .setEndOffset(end.endOffset());
            end.lastEpoch().ifPresent(one::setLastEpoch);
            out.addEnds(one);
        }
        return out.build();
    }

    // ---- in

    /**
     * What was answered.
     *
     * @throws PeerException it is a refusal
     */
    static Answer decode(Wire.AskReply in) {
        return switch (in.getAnswerCase()) {
            case FAILURE -> throw decode(in.getFailure());
            case APPENDED -> decode(in.getAppended());
            case READ_UP_TO ->
                new Answer.ReadUpTo(
                        epoch(in.getReadUpTo().getEpoch()),
                        offset(in.getReadUpTo().getOffset()));
            case PROGRESS -> decode(in.getProgress());
            case BATCHES -> new Answer.Batches(bytes(in.getBatches().getBatches()));
            case DONE -> new Answer.Done(in.getDone().getText());
            case ANSWER_NOT_SET -> throw new MalformedException("an answer of an unknown kind");
        };
    }

    private static PeerException decode(Wire.Failure in) {
        PeerException failure = new PeerException(
                Fields.name(in.getCode()),
                in.getUnknown(),
                Fields.atMost(in.getText(), Fields.MAX_TEXT),
                null);
        return in.getLimit().isEmpty()
                ? failure
                : failure.withLimit(
                        new PeerException.Limit(Fields.name(in.getLimit()), in.getLimitValue()));
    }

    private static Answer decode(Wire.Appended in) {
        return new Answer.Appended(
                Fields.name(in.getLeader()),
                offset(in.getFirstOffset()),
                (int) offset(in.getCount()),
                in.getDuplicate());
    }

    private static Answer decode(Wire.Progress in) {
        return new Answer.Progress(
                member(in.getNode()),
                epoch(in.getEpoch()),
                offset(in.getSeenVersion()),
                in.getLeading(),
                in.getEndsList().stream()
                        .map(end -> new Answer.LogEnd(
                                id(end.getTopic()),
                                epoch(end.hasLastEpoch(), end.getLastEpoch()),
                                offset(end.getEndOffset())))
                        .toList(),
                Memberships.decode(in.getMembership()));
    }
}
