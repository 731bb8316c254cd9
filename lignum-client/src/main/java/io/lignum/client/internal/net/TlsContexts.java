package io.lignum.client.internal.net;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.lignum.client.Tls;
import io.lignum.record.IoErrors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;

/**
 * The TLS context of a client, made from its files, and made again when they have changed. Uses the
 * JDK's TLS, like the nodes. Any thread; {@link #current} looks at the files once a second at most.
 */
public final class TlsContexts {

    private static final Logger LOG = LoggerFactory.getLogger(TlsContexts.class);
    private static final long MAX_FILE_BYTES = 1024 * 1024;

    /**
     * Files that changed within this time are left alone: perhaps the key is replaced already, and
     * its certificate is not.
     */
    private static final Duration SETTLED = Duration.ofSeconds(1);

    private final Tls tls;

    /** Tells whether a file is another one than before. */
    private record Version(FileTime modified, long size) {

        static Version of(Path file) {
            try {
                return new Version(Files.getLastModifiedTime(file), Files.size(file));
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }

        boolean isSettled() {
            return modified.toInstant().plus(SETTLED).isBefore(Instant.now());
        }
    }

    // Guarded by this.
    private SslContext made;
    private List<Version> madeFrom;
    private long lookedNanos = System.nanoTime();
    private String lastFailure = "";

    /** @throws IllegalArgumentException a file cannot be used; the message names it */
    public TlsContexts(Tls tls) {
        this.tls = tls;
        this.madeFrom = versions();
        this.made = read();
    }

    /** The context for a connection that begins now. */
    synchronized SslContext current() {
        long now = System.nanoTime();
        if (now - lookedNanos < SETTLED.toNanos()) {
            return made;
        }
        lookedNanos = now;
        try {
            List<Version> versions = versions();
            if (!versions.equals(madeFrom) && versions.stream().allMatch(Version::isSettled)) {
                made = read();
                madeFrom = versions;
            }
            lastFailure = "";
        } catch (IllegalArgumentException e) {
            String failure = String.valueOf(e.getMessage());
            if (!failure.equals(lastFailure)) { // Once for each cause, not at each look.
                LOG.warn("{}; the last good one stays in use", failure);
                lastFailure = failure;
            }
        }
        return made;
    }

    private List<Version> versions() {
        return Stream.of(tls.ca(), tls.certificate(), tls.key())
                .flatMap(Optional::stream)
                .map(Version::of)
                .toList();
    }

    private SslContext read() {
        SslContextBuilder builder =
                GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
        try {
            tls.ca().ifPresent(file -> builder.trustManager(stream(file)));
            Optional<Path> key = tls.key();
            tls.certificate()
                    .ifPresent(file -> builder.keyManager(stream(file), stream(key.orElseThrow())));
            return builder.build();
        } catch (Unusable e) {
            throw e;
        } catch (SSLException | IllegalArgumentException e) {
            throw new Unusable("the files for TLS cannot be used (" + tls + "): " + reason(e), e);
        }
    }

    private static String reason(Exception e) {
        return String.valueOf((e.getCause() == null ? e : e.getCause()).getMessage());
    }

    private static ByteArrayInputStream stream(Path file) {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new Unusable(
                        file + " is larger than " + MAX_FILE_BYTES + " bytes, so it is no PEM file",
                        null);
            }
            return new ByteArrayInputStream(Files.readAllBytes(file));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static Unusable unreadable(Path file, IOException e) {
        return new Unusable(file + " cannot be read: " + IoErrors.describe(e), e);
    }

    /** A file that cannot be used; the message is complete. */
    private static final class Unusable extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        Unusable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
