package io.lignum.server.cert;

import io.lignum.record.IoErrors;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Learns the certificates that a server presents, whether they are valid or not. Nothing is sent
 * over the connection: it ends with the handshake. Stateless; blocks.
 */
public final class PresentedCertificates {

    private PresentedCertificates() {}

    /** The chain of the server at an address, its own certificate first. */
    public static List<X509Certificate> of(String host, int port, int timeoutMillis) {
        Recorder recorder = new Recorder();
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(host, port), timeoutMillis);
            plain.setSoTimeout(timeoutMillis);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {recorder}, null);
            try (SSLSocket socket =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true)) {
                socket.startHandshake();
            }
        } catch (SSLException e) {
            // The recorder ends the handshake once it has the chain.
            if (recorder.chain.isEmpty()) {
                throw new CertException(
                        host + ":" + port + " presents no certificate; does it use TLS? ("
                                + IoErrors.describe(e) + ")",
                        e);
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new CertException(
                    "no certificate from " + host + ":" + port + ": "
                            + (e instanceof IOException io ? IoErrors.describe(io) : e),
                    e);
        }
        return recorder.chain;
    }

    /** Records the chain, and trusts no certificate. */
    private static final class Recorder implements X509TrustManager {

        private List<X509Certificate> chain = new ArrayList<>();

        @Override
        public void checkServerTrusted(X509Certificate[] presented, String authType)
                throws CertificateException {
            chain = List.of(presented);
            throw new CertificateException("recorded");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] presented, String authType)
                throws CertificateException {
            throw new CertificateException("not a server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
