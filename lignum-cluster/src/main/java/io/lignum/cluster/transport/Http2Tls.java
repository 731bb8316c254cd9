package io.lignum.cluster.transport;

import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.DelegatingSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.JdkSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SupportedCipherSuiteFilter;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Supplier;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * TLS for gRPC by contexts of the JDK, which may be replaced at any time: connections that begin
 * later use the new one. Any thread.
 */
public final class Http2Tls {

    private final Supplier<SSLContext> source;
    private final boolean client;
    private final ClientAuth clientAuth;
    private final List<String> protocols;
    private final List<String> cipherSuites;
    private volatile @Nullable Made last;

    private record Made(SSLContext from, SslContext context) {}

    private Http2Tls(
            Supplier<SSLContext> source,
            boolean client,
            ClientAuth clientAuth,
            List<String> protocols,
            List<String> cipherSuites) {
        this.source = source;
        this.client = client;
        this.clientAuth = clientAuth;
        this.protocols = List.copyOf(protocols);
        this.cipherSuites = List.copyOf(cipherSuites);
    }

    /**
     * For a listener.
     *
     * @param protocols names of the JDK, such as {@code TLSv1.3}
     * @param cipherSuites names of the JDK, preferred ones first
     */
    public static Http2Tls ofListener(
            Supplier<SSLContext> source,
            ClientAuth clientAuth,
            List<String> protocols,
            List<String> cipherSuites) {
        return new Http2Tls(source, false, clientAuth, protocols, cipherSuites);
    }

    /** For connections to a listener; otherwise like {@link #ofListener}. */
    static Http2Tls ofClient(
            Supplier<SSLContext> source, List<String> protocols, List<String> cipherSuites) {
        return new Http2Tls(source, true, ClientAuth.NONE, protocols, cipherSuites);
    }

    /** The context for a connection that begins now. */
    SslContext current() {
        SSLContext from = source.get();
        Made known = last;
        if (known == null || known.from != from) {
            known = new Made(from, make(from));
            last = known;
        }
        return known.context;
    }

    private SslContext make(SSLContext from) {
        ApplicationProtocolConfig http2 = new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                List.of("h2"));
        SslContext made = new JdkSslContext(
                from,
                client,
                cipherSuites,
                SupportedCipherSuiteFilter.INSTANCE,
                http2,
                clientAuth,
                protocols.toArray(String[]::new),
                false);
        return client ? made : new Constrained(made);
    }

    /** Makes engines with {@link KeyExchangeConstraints}. */
    private static final class Constrained extends DelegatingSslContext {

        Constrained(SslContext context) {
            super(context);
        }

        @Override
        protected void initEngine(SSLEngine engine) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setAlgorithmConstraints(new KeyExchangeConstraints());
            engine.setSSLParameters(parameters);
        }
    }
}
