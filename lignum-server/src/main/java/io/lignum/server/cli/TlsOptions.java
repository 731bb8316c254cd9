package io.lignum.server.cli;

import io.lignum.client.Tls;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The options that say whether a command connects with TLS, and whom it trusts. */
final class TlsOptions {

    private static final String CA = "LIGNUM_TLS_CA";
    private static final String CERTIFICATE = "LIGNUM_TLS_CERT";
    private static final String KEY = "LIGNUM_TLS_KEY";

    @Option(
            names = "--tls",
            description = "connect with TLS, and trust the CAs of the JVM unless --tls-ca is given")
    private boolean tls;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "connect with TLS, and trust the CAs in this PEM file; default: $" + CA)
    private String ca = "";

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "certificate to present to the node (PEM); default: $" + CERTIFICATE)
    private String certificate = "";

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "private key of --tls-cert (PEM, PKCS#8); default: $" + KEY)
    private String key = "";

    /** Empty: without TLS. */
    Optional<Tls> tls(Terminal terminal) {
        Map<String, String> environment = terminal.environment();
        String caFile = given(ca, environment.get(CA));
        String certificateFile = given(certificate, environment.get(CERTIFICATE));
        String keyFile = given(key, environment.get(KEY));
        if (certificateFile.isEmpty() != keyFile.isEmpty()) {
            throw CommandFailure.usage("--tls-cert and --tls-key belong together: give both");
        }
        if (!tls && caFile.isEmpty() && certificateFile.isEmpty()) {
            return Optional.empty();
        }
        Tls trusting = caFile.isEmpty() ? Tls.system() : Tls.trusting(Path.of(caFile));
        return Optional.of(
                certificateFile.isEmpty()
                        ? trusting
                        : trusting.certificate(Path.of(certificateFile), Path.of(keyFile)));
    }

    private static String given(String option, @Nullable String variable) {
        return option.isEmpty() && variable != null ? variable : option;
    }
}
