package io.lignum.cluster.peer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Connects the nodes of a cluster. Only peers that proved that they know the cluster's secret reach
 * the {@link PeerService}, and requests are sent only to such peers (R12).
 *
 * <p>No method blocks; callbacks run on threads of the network, which must not be blocked. Any
 * thread.
 */
public interface Network extends AutoCloseable {

    /** Starts to answer peers. Before that, connections are refused. */
    void serve(PeerService service);

    /** The port for peers; the actual one if 0 was configured. */
    int port();

    /**
     * Opens a stream to a leader. The receiver is always notified of its end, also if it could not
     * be opened. The first message to send is {@link Message.Register}.
     */
    PeerStream connect(NodeAddress to, PeerStreamReceiver receiver);

    /** Fails with {@link PeerException}. */
    CompletableFuture<PeerResponse> ask(NodeAddress to, PeerRequest question, Duration timeout);

    /** Closes the port, ends all streams and fails pending requests. */
    @Override
    void close();
}
