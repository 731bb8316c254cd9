package io.lignum.cluster.sim;

import io.lignum.cluster.peer.Network;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.cluster.peer.PeerService;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The view of one node on a {@link MemoryNetwork}. Guarded by the network's monitor. */
final class MemoryNode implements Network {

    final MemoryNetwork network;
    final NodeAddress self;
    final String key;
    private @Nullable PeerService service;
    private boolean alive = true;

    MemoryNode(MemoryNetwork network, NodeAddress self) {
        this.network = network;
        this.self = self;
        this.key = MemoryNetwork.key(self);
    }

    boolean isAlive() {
        return alive;
    }

    void die() {
        alive = false;
        service = null;
    }

    /** Null: the node does not answer yet, or no more. */
    @Nullable
    PeerService service() {
        return service;
    }

    @Override
    public void serve(PeerService served) {
        synchronized (network) {
            if (alive) {
                service = served;
            }
        }
    }

    @Override
    public int port() {
        return self.internalPort();
    }

    @Override
    public PeerStream connect(NodeAddress to, PeerStreamReceiver receiver) {
        synchronized (network) {
            MemoryEnd caller = new MemoryEnd(this, MemoryNetwork.key(to), receiver);
            if (alive) {
                caller.open();
            } else {
                caller.leave(false);
            }
            return caller;
        }
    }

    @Override
    public CompletableFuture<PeerResponse> ask(
            NodeAddress to, PeerRequest question, Duration timeout) {
        synchronized (network) {
            MemoryAsk ask = new MemoryAsk(this, MemoryNetwork.key(to), question);
            if (alive) {
                ask.send(timeout);
            } else {
                ask.leave(false);
            }
            return ask.answer();
        }
    }

    @Override
    public void close() {
        synchronized (network) {
            if (alive) {
                die();
                network.leave(this, false);
            }
        }
    }
}
