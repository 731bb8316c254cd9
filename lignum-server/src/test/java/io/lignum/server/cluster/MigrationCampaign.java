package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.CommandRun;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The steps of docs/security.md on a running cluster, from plain connections to TLS and a login,
 * and back. The load goes on all the time, and no send fails. {@code make migration} runs it.
 */
class MigrationCampaign {

    private static final Pattern WOULD_DENY =
            Pattern.compile("(?m)^lignum_access_would_deny_total\\S* (\\S+)$");
    private static final Duration INTERVAL = Duration.ofMillis(10);
    private static final String[] BOTH = {"tls.mode", "optional", "cluster.tls", "prefer"};
    private static final String[] TLS = {"tls.mode", "required", "cluster.tls", "require"};

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory = Path.of("");

    private JarCluster cluster;
    private ClusterSecrets secrets;
    private final List<SteadyLoad> loads = new ArrayList<>();

    @BeforeEach
    void start() {
        cluster = JarCluster.of(
                directory, 3, "cluster.name", "test", "cluster.secret", "a secret of the tests");
        secrets = new ClusterSecrets(directory.resolve("certificates"));
        cluster.nodes().forEach(secrets::issue);
    }

    @AfterEach
    void stop() {
        loads.forEach(SteadyLoad::close);
        cluster.close();
    }

    @Test
    void clusterUnderLoad_movesToTlsAndALogin_andBack_withoutAFailedSend() throws Exception {
        for (String topic : List.of("orders", "bills", "mails")) {
            loads.add(new SteadyLoad(cluster, topic, TestLogins.PLAIN, INTERVAL));
        }
        roll("tls.mode", "optional", "cluster.tls", "accept");
        roll(BOTH);
        move(secrets.tls());
        cluster.access(secrets.tls());
        roll(TLS);
        introduceUsers();
        move(secrets.user("shop"));
        cluster.access(secrets.user("admin"));
        awaitNothingWouldBeDenied();
        roll(withMode("on"));
        loads.forEach(load -> load.awaitMore(500));

        roll(withMode("observe"));
        move(secrets.tls());
        roll(TLS);
        cluster.access(secrets.tls());
        roll(BOTH);
        move(TestLogins.PLAIN);
        cluster.access(TestLogins.PLAIN);
        roll("tls.mode", "optional", "cluster.tls", "accept");
        rollWithout();
        for (SteadyLoad load : loads) {
            load.awaitMore(100);
            load.finishAndVerify();
        }
    }

    private static String[] withMode(String mode) {
        return new String[] {TLS[0], TLS[1], TLS[2], TLS[3], "security.mode", mode};
    }

    /** Moves one client after the other. */
    private void move(TestLogins access) throws Exception {
        for (SteadyLoad load : loads) {
            load.move(access);
        }
    }

    /** Restarts one node after the other with these settings. */
    private void roll(String... settings) {
        for (NodeProcess node : followersFirst()) {
            restart(node, secrets.settings(node.id(), settings));
        }
    }

    /** Restarts one node after the other with the settings of the start. */
    private void rollWithout() {
        followersFirst().forEach(this::restart);
    }

    private List<NodeProcess> followersFirst() {
        List<NodeProcess> order = new ArrayList<>(cluster.followers());
        order.add(cluster.leader());
        return order;
    }

    private void restart(NodeProcess node, String... settings) {
        assertThat(node.terminate()).isEqualTo(143);
        node.launch(settings);
        cluster.awaitInSync(3);
    }

    /** Prepares the administrator on the first node that restarts in mode observe. */
    private void introduceUsers() {
        List<NodeProcess> order = followersFirst();
        for (NodeProcess node : order) {
            assertThat(node.terminate()).isEqualTo(143);
            if (node == order.get(0)) {
                CommandRun init = CommandRun.of(
                        "security",
                        "init",
                        "--data-dir",
                        node.dataDirectory().toString(),
                        "--password-file",
                        secrets.file("password").toString());
                assertThat(init.code()).as(init.err()).isZero();
            }
            node.launch(secrets.settings(node.id(), withMode("observe")));
            cluster.awaitInSync(3);
        }
        secrets.createAdminToken(order.get(0));
        secrets.createUser(order.get(1), "shop");
    }

    private double wouldDeny() {
        return cluster.nodes().stream()
                .map(node -> node.text("/metrics"))
                .flatMap(text -> WOULD_DENY.matcher(text).results())
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .sum();
    }

    /** All clients have moved, so what mode on would refuse is not counted any more. */
    private void awaitNothingWouldBeDenied() {
        assertThat(wouldDeny()).as("calls without a login in mode observe").isPositive();
        double[] before = {-1};
        Awaitility.await("lignum_access_would_deny_total stands still")
                .atMost(JarCluster.TIMEOUT)
                .pollInterval(Duration.ofSeconds(3))
                .until(() -> {
                    double now = wouldDeny();
                    boolean isStill = now == before[0];
                    before[0] = now;
                    return isStill;
                });
    }
}
