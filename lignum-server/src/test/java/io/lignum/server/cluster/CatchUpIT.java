package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.client.Codecs;
import io.lignum.client.LignumClient;
import io.lignum.client.Producer;
import io.lignum.client.TopicSpec;
import io.lignum.server.CommandRun;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Nodes that were away, and records that only a leader had. The tests share a cluster. */
@Isolated("processes that need both cores")
class CatchUpIT {

    private static final int RECORDS = 100_000;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static JarCluster cluster;

    /** Rounds so far apart that a leader can be killed with records that only it has. */
    @BeforeAll
    static void startCluster() {
        cluster = JarCluster.of(directory, 3, "replication.wal-sync-interval-in-sec", "5");
    }

    @AfterAll
    static void endCluster() {
        cluster.close();
    }

    @BeforeEach
    void allInSync() {
        cluster.startAll();
        cluster.awaitInSync(3);
    }

    @Test
    void nodeAwayWhileManyWereWritten_catchesUp() {
        NodeProcess away = cluster.followers().get(0);
        try (LignumClient client = LignumClient.connect(cluster.addresses())) {
            client.topics().create(TopicSpec.of("many-live").withLive(true)).join();
            client.topics().create(TopicSpec.of("many-wal")).join();
            away.kill();
            send(client, "many-live", RECORDS);
            send(client, "many-wal", RECORDS);
        }
        long start = System.nanoTime();
        away.launch();
        cluster.awaitInSync(3);
        awaitEnd(away, "many-live", RECORDS);
        awaitEnd(away, "many-wal", RECORDS);
        System.out.println("start and catching up with 2 x " + RECORDS + ": "
                + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
        List<String> expected = texts(0, RECORDS);
        assertThat(away.readAll("many-live")).isEqualTo(expected);
        assertThat(away.readAll("many-wal")).isEqualTo(expected);
    }

    @Test
    void formerLeadersTail_isKeptShownAndPublishedAgain() {
        NodeProcess former = cluster.leader();
        try (LignumClient client = LignumClient.connect(cluster.addresses())) {
            client.topics().create(TopicSpec.of("tail")).join();
            send(client, "tail", 100);
            cluster.nodes().forEach(node -> awaitEnd(node, "tail", 100));
            // Right after a round, so that the next one is far.
            try (Producer<byte[], String> producer =
                    client.producer("tail").values(Codecs.utf8()).open()) {
                for (int i = 0; i < 10; i++) {
                    assertThat(producer.send("lost-" + i).join()).isEqualTo(100 + i);
                }
            }
        }
        former.kill();
        NodeProcess leader = cluster.leaderOtherThan(former);
        assertThat(leader.end("tail")).isEqualTo(100);
        try (LignumClient client = LignumClient.connect(leader.address())) {
            sendFrom(client, "tail", 100, 103);
        }
        former.launch();
        cluster.awaitInSync(3);
        awaitEnd(former, "tail", 103);
        assertThat(former.readAll("tail")).isEqualTo(texts(0, 103));

        String file = onlyDivergentFile(former);
        CommandRun shown = JarCluster.lignum(former, "cluster", "divergent", "show", file);
        assertThat(shown.out()).contains("lost-0", "lost-9").doesNotContain("m0");
        CommandRun published = JarCluster.lignum(former, "cluster", "divergent", "republish", file);
        assertThat(published.code()).as(published.err()).isZero();
        assertThat(published.out()).contains("10 records").contains("offset 103");
        List<String> all = new ArrayList<>(texts(0, 103));
        IntStream.range(0, 10).forEach(i -> all.add("lost-" + i));
        for (NodeProcess node : cluster.nodes()) {
            awaitEnd(node, "tail", 113);
            assertThat(node.readAll("tail")).isEqualTo(all);
        }
    }

    private static String onlyDivergentFile(NodeProcess node) {
        CommandRun listed = JarCluster.lignum(node, "cluster", "divergent", "ls");
        List<String> lines =
                listed.out().lines().filter(line -> line.contains("tail")).toList();
        assertThat(lines).as(listed.out() + listed.err()).hasSize(1);
        assertThat(lines.get(0)).contains("100..110");
        return lines.get(0).split(" ", 2)[0];
    }

    /** A follower's log is a prefix of its leader's, and the cluster continues from one of them. */
    @Test
    void leaderKilledInTheMiddleOfAShipment_leavesABeginningOfItsLog() {
        String padding = "x".repeat(1_000);
        NodeProcess former = cluster.leader();
        try (LignumClient client = LignumClient.connect(cluster.addresses())) {
            client.topics().create(TopicSpec.of("shipped")).join();
            try (Producer<byte[], String> producer =
                    client.producer("shipped").values(Codecs.utf8()).open()) {
                List<CompletableFuture<Long>> sent = new ArrayList<>();
                for (int i = 0; i < RECORDS; i++) {
                    sent.add(producer.send("m" + i + padding));
                }
                sent.forEach(CompletableFuture::join);
            }
        }
        NodeProcess follower = cluster.followers().get(0);
        Awaitility.await("a shipment is on its way")
                .atMost(JarCluster.TIMEOUT)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> follower.end("shipped") > 0);
        former.kill();
        NodeProcess leader = cluster.leaderOtherThan(former);
        long kept = leader.end("shipped");
        System.out.println("killed in the middle: " + kept + " of " + RECORDS + " are kept");
        try (LignumClient client = LignumClient.connect(leader.address())) {
            sendFrom(client, "shipped", RECORDS, RECORDS + 10);
        }
        former.launch();
        cluster.awaitInSync(3);
        List<String> expected = new ArrayList<>();
        texts(0, Math.toIntExact(kept)).forEach(text -> expected.add(text + padding));
        expected.addAll(texts(RECORDS, RECORDS + 10));
        for (NodeProcess node : cluster.nodes()) {
            awaitEnd(node, "shipped", kept + 10);
            assertThat(node.readAll("shipped")).as("at " + node).isEqualTo(expected);
        }
        String listed = JarCluster.lignum(former, "cluster", "divergent", "ls").out();
        if (kept < RECORDS) {
            assertThat(listed).contains(kept + ".." + RECORDS);
        }
    }

    @Test
    void followerTerminatedAndStarted_pausesWritesShortly() throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, "follower-terminated")) {
            NodeProcess follower = cluster.followers().get(0);
            assertThat(follower.terminate()).isEqualTo(143);
            load.awaitMore(500);
            assertThat(load.longestPause()).isLessThan(Duration.ofSeconds(3));
            follower.launch();
            cluster.awaitInSync(3);
            load.finishAndVerify();
        }
    }

    @Test
    void allKilledAtOnce_loseNothingAndGoOn() throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, "all-killed")) {
            cluster.nodes().forEach(NodeProcess::kill);
            cluster.startAll();
            load.awaitMore(500);
            cluster.awaitInSync(3);
            load.finishAndVerify();
        }
    }

    @Test
    void nodeWhoseDiskIsLost_isFilledAgain() throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, "disk-lost")) {
            NodeProcess lost = cluster.leader();
            lost.kill();
            load.awaitMore(500);
            lost.deleteData();
            lost.launch();
            cluster.awaitInSync(3);
            load.awaitMore(100);
            load.finishAndVerify();
        }
    }

    private static void awaitEnd(NodeProcess node, String topic, long end) {
        Awaitility.await(node + " has " + end + " of " + topic)
                .atMost(JarCluster.TIMEOUT)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(node.end(topic)).isEqualTo(end));
    }

    private static List<String> texts(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }

    private static void send(LignumClient client, String topic, int count) {
        sendFrom(client, topic, 0, count);
    }

    private static void sendFrom(LignumClient client, String topic, int from, int to) {
        try (Producer<byte[], String> producer = client.producer(topic)
                .values(Codecs.utf8())
                .deliveryTimeout(JarCluster.TIMEOUT)
                .open()) {
            List<CompletableFuture<Long>> sent = new ArrayList<>();
            texts(from, to).forEach(text -> sent.add(producer.send(text)));
            sent.forEach(CompletableFuture::join);
        }
    }
}
