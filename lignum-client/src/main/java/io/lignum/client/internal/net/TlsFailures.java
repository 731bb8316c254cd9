package io.lignum.client.internal.net;

import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.handler.ssl.NotSslRecordException;

import java.security.cert.CertificateException;
import java.util.Optional;

import javax.net.ssl.SSLHandshakeException;

/**
 * Finds out whether a connection failed because the two sides do not agree on TLS, which another
 * attempt does not change. A handshake that was cut off is an ordinary broken connection.
 * Stateless.
 */
final class TlsFailures {

    private static final String ALERT = "Received fatal alert";

    /** The code of HTTP/2 with which a node refuses connections without TLS. */
    private static final String WITHOUT_TLS = "INADEQUATE_SECURITY";

    private TlsFailures() {}

    /** One sentence for the user; empty: the failure is not one of TLS, or may be transient. */
    static Optional<String> of(Status status) {
        if (String.valueOf(status.getDescription()).contains(WITHOUT_TLS)) {
            return Optional.of("the node requires TLS on this port");
        }
        for (Throwable at = status.getCause(); at != null; at = at.getCause()) {
            String said = String.valueOf(at.getMessage());
            if (at instanceof NotSslRecordException) {
                return Optional.of("the node does not use TLS on this port");
            }
            if (at instanceof CertificateException) {
                return Optional.of("the node's certificate is not accepted: " + said);
            }
            if (at instanceof SSLHandshakeException && said.contains(ALERT)) {
                return Optional.of("the node ended the TLS handshake: " + said);
            }
        }
        return Optional.empty();
    }
}
