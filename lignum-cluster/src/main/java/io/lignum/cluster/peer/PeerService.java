package io.lignum.cluster.peer;

import java.util.concurrent.CompletableFuture;

/** What a node does for its peers. Called on threads of the network, which must not be blocked. */
public interface PeerService {

    /** A follower opened a stream. Returns who listens to it. */
    PeerStreamReceiver accept(PeerStream link);

    /** Failures other than {@link PeerException} are bugs and are told as such. */
    CompletableFuture<PeerResponse> answer(PeerRequest question);
}
