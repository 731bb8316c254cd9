package io.lignum.client.internal.net;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.lignum.client.Tls;
import io.lignum.record.IoErrors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import javax.net.ssl.SSLException;

/**
 * Creates the TLS contexts of a client's connections from its files. Uses the JDK's TLS, like the
 * nodes. Any thread; {@link #fresh} reads files.
 */
public final class TlsContexts {

    private static final Logger LOG = LoggerFactory.getLogger(TlsContexts.class);
    private static final long MAX_FILE_BYTES = 1024 * 1024;

    private final Tls tls;
    private volatile SslContext last;

    /** @throws IllegalArgumentException a file cannot be used; the message names it */
    public TlsContexts(Tls tls) {
        this.tls = tls;
        this.last = read();
    }

    /** A context from the files as they are now, or else the last good one. */
    SslContext fresh() {
        try {
            last = read();
        } catch (IllegalArgumentException e) {
            LOG.warn("{}; the last good one stays in use", e.getMessage());
        }
        return last;
    }

    private SslContext read() {
        SslContextBuilder builder =
                GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
        Optional<Path> ca = tls.ca();
        ca.ifPresent(file -> use(file, pem -> builder.trustManager(pem)));
        Optional<Path> certificate = tls.certificate();
        Optional<Path> key = tls.key();
        if (certificate.isPresent() && key.isPresent()) {
            ByteArrayInputStream chain = new ByteArrayInputStream(bytes(certificate.get()));
            use(key.get(), pem -> builder.keyManager(chain, pem));
        }
        try {
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalArgumentException("the files for TLS cannot be used: " + e, e);
        }
    }

    private interface Use {
        void of(ByteArrayInputStream pem);
    }

    private static void use(Path file, Use use) {
        try {
            use.of(new ByteArrayInputStream(bytes(file)));
        } catch (IllegalArgumentException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new IllegalArgumentException(
                    file + " cannot be used for TLS: " + reason.getMessage(), e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new IllegalArgumentException(file + " is larger than " + MAX_FILE_BYTES
                        + " bytes, so it is no PEM file");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + " cannot be read: " + IoErrors.describe(e), e);
        }
    }
}
