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

    final SocketAddress remote;
    private final SharedSecretAuth auth;
    private final byte[] channel;
    private SharedSecretAuth.@Nullable Challenge challenge;
    private boolean greeted;
    private volatile boolean proved;
    private volatile long heardNanos = System.nanoTime();

    /** @param channel of {@link ChannelBinding} */
    InboundConnection(SocketAddress remote, SharedSecretAuth auth, byte[] channel) {
        this.remote = remote;
        this.auth = auth;
        this.channel = channel.clone();
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

    /** The challenge for this connection; null if the peer has had one already. */
    synchronized SharedSecretAuth.@Nullable Challenge greet(byte[] clientNonce) {
        if (greeted) {
            return null;
        }
        greeted = true;
        challenge = new SharedSecretAuth.Challenge(clientNonce.clone(), auth.nonce(), channel);
        return challenge;
    }

    synchronized boolean prove(byte[] proof) {
        SharedSecretAuth.Challenge open = challenge;
        challenge = null;
        proved |= open != null && auth.isProved(SharedSecretAuth.Side.CLIENT, open, proof);
        return proved && open != null;
    }
}
