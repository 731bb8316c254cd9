package io.lignum.cluster.transport;

import io.grpc.Attributes;
import io.grpc.Grpc;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Binds a proof of the secret to the TLS connection in which it is sent: a hash of the certificates
 * of both sides, which both know after the TLS handshake (as tls-server-end-point of RFC 5929, for
 * both ends). A relay between two connections has another certificate on one of them, so a proof
 * that it passes on is wrong there. Any thread.
 */
final class ChannelBinding {

    /** Of a connection without TLS. */
    private static final byte[] NONE = {};

    private ChannelBinding() {}

    /** @param transport attributes of a connection that this node accepted */
    static byte[] ofServer(Attributes transport) {
        SSLSession tls = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        return tls == null ? NONE : of(own(tls), peers(tls));
    }

    /** @param transport attributes of a connection that this node made */
    static byte[] ofClient(Attributes transport) {
        SSLSession tls = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        return tls == null ? NONE : of(peers(tls), own(tls));
    }

    private static Certificate own(SSLSession tls) {
        Certificate[] chain = tls.getLocalCertificates();
        if (chain == null) {
            throw new IllegalStateException("this node presented no certificate");
        }
        return chain[0];
    }

    private static Certificate peers(SSLSession tls) {
        try {
            return tls.getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            throw new IllegalStateException("the peer presented no certificate", e);
        }
    }

    private static byte[] of(Certificate server, Certificate client) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] ofServer = sha.digest(server.getEncoded());
            sha.update(ofServer);
            return sha.digest(client.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate of a connection cannot be hashed", e);
        }
    }
}
