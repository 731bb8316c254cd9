package io.lignum.cluster.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerStreamReceiver;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

final class GrpcPeerStreamTest {

    private final List<Throwable> failures = new ArrayList<>();

    /** A stream without a call of the transport. */
    private final class Stream extends GrpcPeerStream {

        Stream() {
            super("a test", Runnable::run, failures::add);
        }

        @Override
        void requestOne() {}

        @Override
        void breakOff(String why, @Nullable Throwable cause) {
            closedHere(why);
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void send(Message message) {}

        @Override
        public void close() {
            closedHere("closed here");
        }
    }

    @Test
    void receiverThatThrowsAtTheEnd_isReported() {
        InternalError bug = new InternalError("injected");
        Stream stream = new Stream();
        stream.listen(new PeerStreamReceiver() {
            @Override
            public void received(Message message, Runnable done) {}

            @Override
            public void writable() {}

            @Override
            public void closed(String why) {
                throw bug;
            }
        });
        stream.ended("the peer has left");
        assertThat(failures).containsExactly(bug);
    }
}
