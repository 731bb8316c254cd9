package io.lignum.server.tls;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Optional;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** TLS clients of the JDK. */
public final class TlsClients {

    private TlsClients() {}

    static SSLSocket connect(int port, SSLContext context) throws IOException {
        SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** Sends each record one byte at a time. */
    static SSLSocket connectInPieces(int port) throws IOException {
        return connectThrough(port, (plain, bytes, number) -> {
            for (byte one : bytes) {
                plain.write(one);
                plain.flush();
            }
        });
    }

    /** How the bytes of a client reach the node. */
    interface Way {

        /**
         * Sends some bytes.
         *
         * @param number of the write, from 0; the JDK writes each record for itself
         */
        void send(OutputStream plain, byte[] bytes, int number) throws IOException;
    }

    static SSLSocket connectThrough(int port, Way way) throws IOException {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port) {
            @Override
            public OutputStream getOutputStream() throws IOException {
                OutputStream end = super.getOutputStream();
                return new OutputStream() {
                    private int number;

                    @Override
                    public void write(int one) throws IOException {
                        write(new byte[] {(byte) one}, 0, 1);
                    }

                    @Override
                    public void write(byte[] bytes, int from, int length) throws IOException {
                        way.send(end, Arrays.copyOfRange(bytes, from, from + length), number++);
                    }
                };
            }
        };
        plain.setTcpNoDelay(true);
        plain.setSoTimeout(30_000);
        return (SSLSocket) withCertificate("ca.pem", "elsewhere")
                .getSocketFactory()
                .createSocket(plain, "localhost", port, true);
    }

    static SSLContext trusting(String ca) {
        return context(ca, new KeyManager[0]);
    }

    /** Also presents a certificate, although the node may not ask for one of its issuer. */
    public static SSLContext withCertificate(String ca, String name) {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry(
                    "client",
                    PemText.privateKey(
                            Files.readAllBytes(TestCertificates.file(name + ".key")),
                            Optional.empty()),
                    new char[0],
                    new Certificate[] {certificate(name + ".pem")});
            KeyManagerFactory factory =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, new char[0]);
            return context(ca, factory.getKeyManagers());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SSLContext context(String ca, KeyManager[] keys) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", certificate(ca));
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Certificate certificate(String name)
            throws GeneralSecurityException, IOException {
        try (InputStream in = new FileInputStream(TestCertificates.file(name).toFile())) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
