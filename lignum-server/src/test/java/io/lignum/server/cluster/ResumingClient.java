package io.lignum.server.cluster;

import io.lignum.cluster.testing.Place;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A TLS client that keeps the sessions of earlier connections and tries to resume them. */
final class ResumingClient {

    private final SSLContext context;

    /** Trusts the CAs in the file. */
    ResumingClient(Path caFile) {
        context = TestLogins.context(caFile);
    }

    /** Connects once more, and returns the serial number of the node's certificate. */
    BigInteger serial(Place place, int port) {
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(place.address(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write("GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            int unused = socket.getInputStream().read(); // The ticket comes before the response.
            X509Certificate certificate =
                    (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return certificate.getSerialNumber();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
