package io.lignum.cluster.sim;

import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;

import java.nio.ByteBuffer;

/** Copies messages, so that the receiver owns them like after a real transfer. */
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

    static PeerRequest of(PeerRequest question) {
        return question instanceof PeerRequest.Append append
                ? new PeerRequest.Append(
                        append.sender(),
                        append.epoch(),
                        append.topic(),
                        of(append.batch()),
                        append.expectedEnd(),
                        append.mayCreate())
                : question;
    }

    static PeerResponse of(PeerResponse answer) {
        return answer instanceof PeerResponse.Batches batches
                ? new PeerResponse.Batches(of(batches.batches()))
                : answer;
    }

    private static ByteBuffer of(ByteBuffer bytes) {
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining());
        copy.put(bytes.duplicate());
        return copy.flip();
    }
}
