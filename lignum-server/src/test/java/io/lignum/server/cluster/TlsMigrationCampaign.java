package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.client.Tls;
import io.lignum.server.tls.TestCertificates;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The steps of docs/security.md on a running cluster: no send fails on the way to TLS. {@code make
 * tls-migration} runs it.
 */
class TlsMigrationCampaign {

    @TempDir
    Path directory;

    /** Restarts one node after the other, followers first, with these settings. */
    private static void roll(JarCluster cluster, String... settings) {
        String[] all = Stream.concat(
                        Stream.of(TestCertificates.settings()),
                        Stream.concat(
                                Stream.of(
                                        "cluster.tls-ca-file",
                                        TestCertificates.file("ca.pem").toString()),
                                Stream.of(settings)))
                .toArray(String[]::new);
        List<NodeProcess> order = new ArrayList<>(cluster.followers());
        order.add(cluster.leader());
        for (NodeProcess node : order) {
            assertThat(node.terminate()).isEqualTo(143);
            node.launch(all);
            cluster.awaitInSync(3);
        }
    }

    @Test
    void clusterUnderLoad_movesToTlsWithoutAFailedSend() throws Exception {
        Optional<Tls> tls = Optional.of(Tls.trusting(TestCertificates.file("ca.pem")));
        try (JarCluster cluster = JarCluster.of(
                directory, 3, "cluster.name", "test", "cluster.secret", "a secret of the tests")) {
            try (SteadyLoad plain = new SteadyLoad(cluster, "plain", Optional.empty())) {
                roll(cluster, "tls.mode", "optional", "cluster.tls", "accept");
                try (SteadyLoad secured = new SteadyLoad(cluster, "secured", tls)) {
                    roll(cluster, "tls.mode", "optional", "cluster.tls", "prefer");
                    plain.finishAndVerify();
                    // The test asks the nodes over HTTP without TLS.
                    roll(
                            cluster,
                            "server.tls-mode",
                            "optional",
                            "server.grpc-tls-mode",
                            "required",
                            "cluster.tls",
                            "require");
                    secured.awaitMore(100);
                    secured.finishAndVerify();
                }
            }
        }
    }
}
