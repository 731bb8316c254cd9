package io.lignum.cluster.transport;

import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.grpc.netty.NettySslContextServerCredentials;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.handler.codec.ByteToMessageDecoder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import io.grpc.netty.shaded.io.netty.util.AsciiString;

import java.util.List;

import javax.net.ssl.SSLEngine;

/**
 * Begins each connection of a gRPC listener with TLS or without, as its first byte says: 22 starts
 * a handshake. Each connection uses the context that is current when it begins. Where TLS is
 * required, a connection without it gets {@link PlainRefusal}. Uses an internal interface of gRPC,
 * since its public one cannot do both on one port; the tests of TLS fail if a later version of gRPC
 * changes it. Runs on the event loops; {@link HandshakeThreads} compute the handshakes.
 */
public final class FirstByteNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {

    private static final int HANDSHAKE = 22;

    private final Http2Tls tls;
    private final boolean plainAccepted;
    private final HandshakeThreads threads;

    private FirstByteNegotiator(Http2Tls tls, boolean plainAccepted, HandshakeThreads threads) {
        this.tls = tls;
        this.plainAccepted = plainAccepted;
        this.threads = threads;
    }

    /**
     * The credentials of a listener.
     *
     * @param plainAccepted whether connections without TLS are served
     */
    public static ServerCredentials credentials(
            Http2Tls tls, boolean plainAccepted, HandshakeThreads threads) {
        return InternalNettyServerCredentials.create(
                new FirstByteNegotiator(tls, plainAccepted, threads));
    }

    @Override
    public AsciiString scheme() {
        return AsciiString.of("https");
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
        return new FirstByte(grpc);
    }

    @Override
    public void close() {
        // Holds nothing.
    }

    /**
     * Lets a second handshake within a connection fail, since it would cost this node as much as a
     * connection, and no limit would count it. The JDK has no setting for one engine, but begins no
     * handshake without a cipher suite. TLS 1.3 has no renegotiation.
     */
    private static void refuseRenegotiation(SslHandler handler) {
        SSLEngine engine = handler.engine();
        var unused = handler.handshakeFuture().addListener(done -> {
            if (done.isSuccess() && engine.getSession().getProtocol().equals("TLSv1.2")) {
                engine.setEnabledCipherSuites(new String[0]);
            }
        });
    }

    private InternalProtocolNegotiator.ProtocolNegotiator serverTls() {
        ServerCredentials current = NettySslContextServerCredentials.create(tls.current());
        return InternalNettyServerCredentials.toNegotiator(current).newNegotiator(threads);
    }

    /** Waits for the first byte, puts the right handler in its place, and passes the bytes on. */
    private final class FirstByte extends ByteToMessageDecoder {

        private final GrpcHttp2ConnectionHandler grpc;
        private boolean refused;

        FirstByte(GrpcHttp2ConnectionHandler grpc) {
            this.grpc = grpc;
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            if (refused) {
                in.skipBytes(in.readableBytes()); // It arrived before the socket was closed.
                return;
            }
            boolean secured = in.getUnsignedByte(in.readerIndex()) == HANDSHAKE;
            if (!secured && !plainAccepted) {
                refused = true;
                in.skipBytes(in.readableBytes());
                PlainRefusal.send(context);
                return;
            }
            InternalProtocolNegotiator.ProtocolNegotiator chosen =
                    secured ? serverTls() : InternalProtocolNegotiators.serverPlaintext();
            // Behind this handler, so that what it has read flows into it when this one leaves.
            context.pipeline().addAfter(context.name(), null, chosen.newHandler(grpc));
            // gRPC has sent the event that starts the negotiation before that handler was there.
            context.fireUserEventTriggered(InternalProtocolNegotiationEvent.getDefault());
            if (secured) {
                refuseRenegotiation(context.pipeline().get(SslHandler.class));
            }
            context.pipeline().remove(this);
        }
    }
}
