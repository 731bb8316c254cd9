package io.lignum.cluster.peer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * How nodes of a cluster reach each other. Only peers that proved the cluster's secret get through
 * to the {@link PeerService}, and only to those are questions put (R12).
 *
 * <p>Nothing blocks; calls back on threads of its own, which must not be blocked. Any thread.
 */
public interface Network extends AutoCloseable {

    /** Begins to answer peers. Until then, whoever connects is refused. */
    void serve(PeerService service);

    /** The port that peers reach; the one bound if a free one was asked for. */
    int port();

    /**
     * Opens a stream to a leader. The receiver is always told of its end, also when it could not be
     * opened. The first message to send is {@link Message.Register}.
     */
    PeerStream connect(NodeAddress to, PeerStreamReceiver receiver);

    /** Fails with {@link PeerException}. */
    CompletableFuture<PeerResponse> ask(NodeAddress to, PeerRequest question, Duration timeout);

    /** Stops to listen, ends all links and fails what is not answered. */
    @Override
    void close();
}
