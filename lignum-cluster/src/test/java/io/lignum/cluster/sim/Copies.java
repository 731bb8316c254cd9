package io.lignum.cluster.sim;

import io.lignum.cluster.peer.Answer;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.Question;

import java.nio.ByteBuffer;

/** What arrives is the receiver's own, as it is after a journey over a wire. */
final class Copies {

    private Copies() {}

    static Message of(Message message) {
        return message instanceof Message.Append append
                ? new Message.Append(
                        append.epoch(),
                        append.topic(),
                        append.baseOffset(),
                        append.highWatermark(),
                        of(append.batches()))
                : message;
    }

    static Question of(Question question) {
        return question instanceof Question.Append append
                ? new Question.Append(
                        append.asker(),
                        append.epoch(),
                        append.topic(),
                        of(append.batch()),
                        append.expectedEnd(),
                        append.mayCreate())
                : question;
    }

    static Answer of(Answer answer) {
        return answer instanceof Answer.Batches batches
                ? new Answer.Batches(of(batches.batches()))
                : answer;
    }

    private static ByteBuffer of(ByteBuffer bytes) {
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining());
        copy.put(bytes.duplicate());
        return copy.flip();
    }
}
