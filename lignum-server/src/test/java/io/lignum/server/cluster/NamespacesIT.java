package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;

/**
 * Leaders whose packets are lost while messages are written: no side learns that a connection has
 * ended, unlike after the kill of a process. Each node has its own network namespace. The tests
 * share a cluster.
 */
@NeedsRoot
@Isolated("processes that need both cores")
class NamespacesIT {

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static Namespaces network;

    @SuppressWarnings("NullAway.Init")
    private static JarCluster cluster;

    @BeforeAll
    static void startCluster() {
        network = new Namespaces();
        cluster = new JarCluster(
                directory,
                network.consul(),
                "cluster.secret",
                "of the nodes in namespaces",
                "security.mode", // A namespace is a host of its own.
                "open");
        for (int i = 0; i < 3; i++) {
            cluster.addAt(network.add());
        }
        cluster.startAll();
    }

    @AfterAll
    static void endCluster() {
        try {
            if (cluster != null) {
                cluster.close();
            }
        } finally {
            if (network != null) {
                network.close();
            }
        }
    }

    @BeforeEach
    void allInSync() {
        cluster.awaitInSync(3);
    }

    @Test
    void leadersCablePulled_anotherGoesOnAndItFollowsOncePluggedIn() throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, "pulled")) {
            NodeProcess former = cluster.leader();
            network.pull(former.place());
            awaitAnotherLeader(load, former);
            network.plug(former.place());
            assertFollows(load, former);
        }
    }

    @Test
    void whatTheLeaderSendsIsLost_anotherGoesOnAndItFollowsOnceItIsHeard() throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, "unheard")) {
            NodeProcess former = cluster.leader();
            network.loseWhatLeaves(former.place());
            awaitAnotherLeader(load, former);
            network.loseNothing(former.place());
            assertFollows(load, former);
        }
    }

    private static void awaitAnotherLeader(SteadyLoad load, NodeProcess former) {
        assertSilent(former.address());
        cluster.leaderOtherThan(former);
        load.awaitMore(500);
        assertSilent(former.address());
    }

    private static void assertFollows(SteadyLoad load, NodeProcess former) throws Exception {
        cluster.awaitInSync(3);
        assertThat(cluster.leader()).isNotSameAs(former);
        load.awaitMore(100);
        load.finishAndVerify();
    }

    /** Packets are lost: a connection is not refused, which would be an answer. */
    private static void assertSilent(String address) {
        int colon = address.indexOf(':');
        Throwable failure = catchThrowable(() -> connect(
                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
        assertThat(failure).isInstanceOf(IOException.class).isNotInstanceOf(ConnectException.class);
    }

    private static void connect(String host, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 1_000);
        }
    }
}
