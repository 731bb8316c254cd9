package io.lignum.cluster.peer;

import java.util.concurrent.CompletableFuture;

/** Serves a node's peers. Called on threads of the network, which must not be blocked. */
public interface PeerService {

    /** A follower opened a stream. Returns the receiver of its messages. */
    PeerStreamReceiver accept(PeerStream stream);

    /** Failures other than {@link PeerException} are bugs; the peer gets the code INTERNAL. */
    CompletableFuture<PeerResponse> answer(PeerRequest question);
}
