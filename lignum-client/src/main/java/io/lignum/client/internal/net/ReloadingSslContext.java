package io.lignum.client.internal.net;

import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;

import java.util.List;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/**
 * Begins each connection with the context that is current then. A gRPC channel keeps one context
 * for all its connections; this one outlives a change of the files. Any thread.
 */
final class ReloadingSslContext extends SslContext {

    private final TlsContexts contexts;

    ReloadingSslContext(TlsContexts contexts) {
        this.contexts = contexts;
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
        return contexts.current().newEngine(allocator);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
        return contexts.current().newEngine(allocator, peerHost, peerPort);
    }

    @Override
    public boolean isClient() {
        return true;
    }

    @Override
    public List<String> cipherSuites() {
        return contexts.current().cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own method has this type.
    public io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolNegotiator
            applicationProtocolNegotiator() {
        return contexts.current().applicationProtocolNegotiator();
    }

    @Override
    public SSLSessionContext sessionContext() {
        return contexts.current().sessionContext();
    }
}
