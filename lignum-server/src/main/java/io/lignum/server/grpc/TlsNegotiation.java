package io.lignum.server.grpc;

import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.handler.codec.ByteToMessageDecoder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.JdkSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import io.lignum.server.tls.CipherSuites;
import io.lignum.server.tls.TlsConfig;
import io.lignum.server.tls.TlsIdentity;
import io.lignum.server.tls.TlsMode;
import io.lignum.server.tls.TlsReloader;

import java.util.List;

/**
 * Begins each connection of the gRPC listener with TLS or without, as its first byte says: 22
 * starts a handshake. Each connection uses the identity that is current when it begins. Where TLS
 * is required, a connection without it gets {@link PlainRefusal}. Uses an internal interface of
 * gRPC, since its public one cannot do both on one port; the tests of TLS guard it when the version
 * of gRPC changes. Runs on the event loops.
 */
final class TlsNegotiation implements InternalProtocolNegotiator.ProtocolNegotiator {

    private static final int HANDSHAKE = 22;

    private final TlsConfig config;
    private volatile SslContext current;

    TlsNegotiation(TlsReloader tls) {
        config = tls.config();
        current = context(tls.current());
        tls.onReload(identity -> current = context(identity));
    }

    private SslContext context(TlsIdentity identity) {
        ApplicationProtocolConfig http2 = new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                List.of("h2"));
        ClientAuth clientAuth = switch (config.grpc().clientAuth()) {
            case NONE -> ClientAuth.NONE;
            case OPTIONAL -> ClientAuth.OPTIONAL;
            case REQUIRED -> ClientAuth.REQUIRE;
        };
        return new JdkSslContext(
                identity.context(),
                false,
                CipherSuites.NAMES,
                SupportedCipherSuiteFilter.INSTANCE,
                http2,
                clientAuth,
                config.minVersion().protocols().toArray(String[]::new),
                false);
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

    /** Waits for the first byte, puts the right handler in its place, and passes the bytes on. */
    private final class FirstByte extends ByteToMessageDecoder {

        private final GrpcHttp2ConnectionHandler grpc;

        FirstByte(GrpcHttp2ConnectionHandler grpc) {
            this.grpc = grpc;
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            boolean secured = in.getUnsignedByte(in.readerIndex()) == HANDSHAKE;
            if (!secured && config.grpc().mode() == TlsMode.REQUIRED) {
                in.skipBytes(in.readableBytes());
                PlainRefusal.send(context);
                return;
            }
            InternalProtocolNegotiator.ProtocolNegotiator chosen = secured
                    ? InternalProtocolNegotiators.serverTls(current)
                    : InternalProtocolNegotiators.serverPlaintext();
            // Behind this handler, so that what it has read flows into it when this one leaves.
            context.pipeline().addAfter(context.name(), null, chosen.newHandler(grpc));
            // gRPC has sent the event that starts the negotiation before that handler was there.
            context.fireUserEventTriggered(InternalProtocolNegotiationEvent.getDefault());
            context.pipeline().remove(this);
        }
    }
}
