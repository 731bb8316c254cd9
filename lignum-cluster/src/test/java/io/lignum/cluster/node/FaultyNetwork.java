package io.lignum.cluster.node;

import io.lignum.cluster.node.FaultyEnvironment.HandOver;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.Network;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.cluster.peer.PeerService;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The network of a {@link FaultyEnvironment}: a receiver that throws loses its stream, as with
 * gRPC.
 */
final class FaultyNetwork implements Network {

    private final FaultyEnvironment faults;
    private final Network inner;

    FaultyNetwork(FaultyEnvironment faults, Network inner) {
        this.faults = faults;
        this.inner = inner;
    }

    @Override
    public void serve(PeerService service) {
        inner.serve(new PeerService() {
            @Override
            public PeerStreamReceiver accept(PeerStream stream) {
                FaultyReceiver receiver = new FaultyReceiver();
                receiver.stream = stream;
                if (!faults.guarded(() -> {
                    faults.hit(HandOver.NETWORK_CALLBACK);
                    receiver.inner = service.accept(new FaultyStream(stream));
                })) {
                    stream.close();
                }
                return receiver;
            }

            @Override
            public CompletableFuture<PeerResponse> answer(PeerRequest question) {
                try {
                    faults.hit(HandOver.NETWORK_CALLBACK);
                    return service.answer(question);
                } catch (RuntimeException | Error e) {
                    return CompletableFuture.failedFuture(e);
                }
            }
        });
    }

    @Override
    public int port() {
        return inner.port();
    }

    @Override
    public PeerStream connect(NodeAddress to, PeerStreamReceiver receiver) {
        faults.hit(HandOver.NETWORK);
        FaultyReceiver faulty = new FaultyReceiver();
        faulty.inner = receiver;
        PeerStream stream = inner.connect(to, faulty);
        faulty.stream = stream;
        return new FaultyStream(stream);
    }

    @Override
    public CompletableFuture<PeerResponse> ask(
            NodeAddress to, PeerRequest question, Duration timeout) {
        faults.hit(HandOver.NETWORK);
        return inner.ask(to, question, timeout).thenApply(answer -> {
            if (faults.isDue(HandOver.NETWORK_CALLBACK)) {
                throw new PeerException("INTERNAL", true, "injected", null);
            }
            return answer;
        });
    }

    @Override
    public void close() {
        inner.close();
    }

    private final class FaultyStream implements PeerStream {
        private final PeerStream inner;

        FaultyStream(PeerStream inner) {
            this.inner = inner;
        }

        @Override
        public boolean isWritable() {
            return inner.isWritable();
        }

        @Override
        public void send(Message message) {
            faults.hit(HandOver.NETWORK);
            inner.send(message);
        }

        @Override
        public void close() {
            inner.close();
        }

        @Override
        public String peer() {
            return inner.peer();
        }
    }

    private final class FaultyReceiver implements PeerStreamReceiver {
        private @Nullable PeerStreamReceiver inner;
        private @Nullable PeerStream stream;

        private void tell(Consumer<PeerStreamReceiver> call) {
            PeerStreamReceiver present = inner;
            if (present != null
                    && !faults.guarded(() -> {
                        faults.hit(HandOver.NETWORK_CALLBACK);
                        call.accept(present);
                    })) {
                Objects.requireNonNull(stream).close();
            }
        }

        @Override
        public void received(Message message, Runnable done) {
            tell(present -> present.received(message, done));
        }

        @Override
        public void writable() {
            tell(PeerStreamReceiver::writable);
        }

        @Override
        public void closed(String why) {
            tell(present -> present.closed(why));
        }
    }
}
