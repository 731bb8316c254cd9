package io.lignum.cluster.transport;

import io.grpc.Attributes;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;

/**
 * The server's state of one connection: how far the handshake has come. A challenge is good for one
 * attempt. Any thread.
 */
final class InboundConnection {

    static final Attributes.Key<InboundConnection> ATTRIBUTE = Attributes.Key.create("lignum-peer");

    private record Challenge(byte[] clientNonce, byte[] serverNonce) {}

    final SocketAddress remote;
    private final SharedSecretAuth auth;
    private @Nullable Challenge challenge;
    private boolean greeted;
    private volatile boolean proved;
    private volatile long heardNanos = System.nanoTime();

    InboundConnection(SocketAddress remote, SharedSecretAuth auth) {
        this.remote = remote;
        this.auth = auth;
    }

    boolean isProved() {
        return proved;
    }

    /** Something was received from the peer. */
    void heard() {
        heardNanos = System.nanoTime();
    }

    long silentNanos() {
        return System.nanoTime() - heardNanos;
    }

    /** The server's nonce for this connection; null if the peer has had one already. */
    synchronized byte @Nullable [] greet(byte[] clientNonce) {
        if (greeted) {
            return null;
        }
        greeted = true;
        byte[] serverNonce = auth.nonce();
        challenge = new Challenge(clientNonce.clone(), serverNonce);
        return serverNonce;
    }

    synchronized boolean prove(byte[] proof) {
        Challenge open = challenge;
        challenge = null;
        proved |= open != null
                && auth.isProved(
                        SharedSecretAuth.Side.CLIENT, open.clientNonce, open.serverNonce, proof);
        return proved && open != null;
    }
}
