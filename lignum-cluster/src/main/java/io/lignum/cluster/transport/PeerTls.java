package io.lignum.cluster.transport;

import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;

import java.util.List;
import java.util.function.Supplier;

import javax.net.ssl.SSLContext;

/**
 * TLS between nodes. Each side presents a certificate, and the trust manager of the context decides
 * whether it is that of a node of this cluster; host names play no part. The secret is proved
 * inside the connection, like without TLS.
 *
 * @param context key, certificate and trust manager; asked for each new connection
 * @param protocols versions of TLS that are allowed, by the JDK's names
 * @param cipherSuites by the JDK's names, preferred ones first
 */
public record PeerTls(
        Mode mode,
        Supplier<SSLContext> context,
        List<String> protocols,
        List<String> cipherSuites) {

    /** Values of the setting {@code cluster.tls}, in the order of a migration. */
    public enum Mode {
        /** Connections without TLS, to and from this node. */
        OFF,
        /** From others with TLS and without; to others without. */
        ACCEPT,
        /** From others with TLS and without; to others with TLS. */
        PREFER,
        /** With TLS, to and from this node. */
        REQUIRE
    }

    public PeerTls {
        protocols = List.copyOf(protocols);
        cipherSuites = List.copyOf(cipherSuites);
    }

    boolean isPlainAccepted() {
        return mode != Mode.REQUIRE;
    }

    /** Whether this node connects to others with TLS. */
    boolean isSpoken() {
        return mode == Mode.PREFER || mode == Mode.REQUIRE;
    }

    Http2Tls ofListener() {
        return Http2Tls.ofListener(context, ClientAuth.REQUIRE, protocols, cipherSuites);
    }

    Http2Tls ofClient() {
        return Http2Tls.ofClient(context, protocols, cipherSuites);
    }
}
