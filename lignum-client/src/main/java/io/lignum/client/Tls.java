package io.lignum.client;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * How a client uses TLS. The name or address by which the client connects to a node must be in that
 * node's certificate; there is no way to switch this check off. Immutable.
 *
 * <p>The files are PEM. They are read when the client is built, and again for a new connection if
 * they have changed, so they can be replaced while the client runs. A file that cannot be used by
 * then is reported in the log, and the client continues with what it read last.
 */
public final class Tls {

    private final @Nullable Path ca;
    private final @Nullable Path certificate;
    private final @Nullable Path key;

    private Tls(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {
        this.ca = ca;
        this.certificate = certificate;
        this.key = key;
    }

    /** Trusts nodes whose certificate was issued by a CA that the JVM trusts. */
    public static Tls system() {
        return new Tls(null, null, null);
    }

    /** Trusts nodes whose certificate was issued by a CA in this file, and no others. */
    public static Tls trusting(Path caFile) {
        return new Tls(Objects.requireNonNull(caFile, "caFile"), null, null);
    }

    /**
     * Also presents a certificate to nodes that ask for one.
     *
     * @param certificateFile the certificate, then those of its intermediate CAs
     * @param keyFile its private key, PKCS#8, not encrypted
     */
    public Tls certificate(Path certificateFile, Path keyFile) {
        return new Tls(
                ca,
                Objects.requireNonNull(certificateFile, "certificateFile"),
                Objects.requireNonNull(keyFile, "keyFile"));
    }

    @Override
    public String toString() {
        return "CA " + (ca == null ? "of the JVM" : ca)
                + (certificate == null ? "" : ", certificate " + certificate + ", key " + key);
    }

    /** The file with the trusted CAs; empty: those of the JVM. */
    public Optional<Path> ca() {
        return Optional.ofNullable(ca);
    }

    /** The file with the client's certificate, if it has one. */
    public Optional<Path> certificate() {
        return Optional.ofNullable(certificate);
    }

    /** The file with the key of the certificate, if there is one. */
    public Optional<Path> key() {
        return Optional.ofNullable(key);
    }
}
