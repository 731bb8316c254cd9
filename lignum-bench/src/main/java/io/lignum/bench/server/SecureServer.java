package io.lignum.bench.server;

import io.lignum.bench.work.NodeCommand;
import io.lignum.bench.work.StandaloneNode;
import io.lignum.bench.work.WorkSettings;
import io.lignum.client.Credentials;
import io.lignum.client.Tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A node that requires TLS, with certificates of {@code lignum cert}, and perhaps a login. */
final class SecureServer {

    private static final String PASSWORD = "a password for the benchmark";

    private SecureServer() {}

    static Server start(WorkSettings settings, boolean login)
            throws IOException, InterruptedException {
        Path directory = settings.directory();
        Path certificates = directory.resolve("certificates");
        createCertificates(settings, certificates);
        List<String> keys = new ArrayList<>(List.of(
                "--tls.mode=required",
                "--tls.cert-file=" + certificates.resolve("node.pem"),
                "--tls.key-file=" + certificates.resolve("node.key")));
        if (login) {
            Path user = Files.writeString(directory.resolve("user"), "bench:" + PASSWORD);
            keys.addAll(List.of("--security.mode=on", "--security.bootstrap-user-file=" + user));
        }
        StandaloneNode node = StandaloneNode.start(
                settings, directory.resolve("lignum"), keys, "-Xms1g", "-Xmx1g");
        Optional<Credentials> credentials =
                login ? Optional.of(Credentials.password("bench", PASSWORD)) : Optional.empty();
        return Server.of(
                node.process(),
                () -> LignumClients.secure(
                        "127.0.0.1:" + node.grpcPort(),
                        Tls.trusting(certificates.resolve("ca.pem")),
                        credentials));
    }

    private static void createCertificates(WorkSettings settings, Path directory)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(NodeCommand.of(settings, "jar", List.of()));
        command.addAll(List.of(
                "cert",
                "create-cluster",
                "--cluster",
                "bench",
                "--out",
                directory.toString(),
                "node=127.0.0.1"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .inheritIO()
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("lignum cert ended with " + process.exitValue());
        }
    }
}
