package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.server.CommandRun;
import io.lignum.server.LignumNode;
import io.lignum.server.grpc.GrpcAccessTable;
import io.lignum.server.http.HttpAccessTable;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.ReadDemand;
import io.lignum.server.service.ReadQuery;
import io.lignum.server.service.ServiceException;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What clients see of a cluster of three nodes, at each node. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterListenersTest {

    private static final String HOST = "127.0.0.1";

    @TempDir
    static Path directory;

    private TestCluster cluster;

    @BeforeAll
    void start() {
        cluster = TestCluster.of(directory, 3);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void messageSentToAFollower_isForwardedAndTheAnswerSaysWhoLeads() {
        LignumNode follower = cluster.follower();
        String leader = TestCluster.status(cluster.leader()).nodeId();
        HttpResponse<String> answer = TestCluster.post(
                follower, "/api/message", "{\"topic\":\"forwarded\",\"message\":\"oak\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"status\":\"message commited\",\"data\":\"oak\",\"offset\":0,"
                        + "\"leader\":\"" + leader + "\"}");
    }

    @Test
    void leadersLimit_isNamedByTheFollowerThatForwards() {
        String far = "{\"topic\":\"limited\",\"message\":\"oak\",\"timestamp\":99999999999999}";
        HttpResponse<String> answer = TestCluster.post(cluster.follower(), "/api/message", far);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body())
                .contains("\"code\":\"INVALID_TIMESTAMP\"", "\"field\":\"timestamp\"")
                .contains("\"limit\":{\"name\":\"topic.timestamp-after-max-in-ms\",\"value\":");
    }

    @Test
    void forwardFalse_redirectsToTheLeader() {
        LignumNode leader = cluster.leader();
        HttpResponse<String> answer = TestCluster.post(
                cluster.follower(),
                "/api/message?forward=false",
                "{\"topic\":\"redirected\",\"message\":\"oak\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(307);
        assertThat(answer.headers().firstValue("Location"))
                .hasValue("http://127.0.0.1:" + leader.httpPort() + "/api/message?forward=false");
        assertThat(answer.body())
                .contains("\"code\":\"NOT_LEADER\"", "\"outcome\":\"NOT_APPLIED\"")
                .contains("\"http_port\":" + leader.httpPort());
        HttpResponse<String> there = TestCluster.post(
                leader,
                "/api/message?forward=false",
                "{\"topic\":\"redirected\",\"message\":\"oak\"}");
        assertThat(there.statusCode()).isEqualTo(200);
    }

    @Test
    void ownWrites_areReadOnEveryNode() {
        LignumNode leader = cluster.leader();
        leader.session()
                .topics()
                .create("own", io.lignum.server.service.TopicPatch.replication(true, 2))
                .join();
        for (int round = 0; round < 20; round++) {
            long offset = cluster.follower()
                    .session()
                    .produce("own", LogRecord.of("m"), NotLeaderPolicy.FORWARD)
                    .join()
                    .firstOffset();
            for (LignumNode node : List.of(cluster.node(1), cluster.node(2), cluster.node(3))) {
                HttpResponse<String> own = TestCluster.get(
                        node, "/api/messages?topic=own&from=" + offset + "&min_hw=" + (offset + 1));
                assertThat(own.body()).contains("\"count\":1");
                HttpResponse<String> linearizable = TestCluster.get(
                        node, "/api/messages?topic=own&from=" + offset + "&level=linearizable");
                assertThat(linearizable.body()).contains("\"count\":1", "\"high_watermark\":");
            }
        }
    }

    @Test
    void readOfANewTopicWithMinHw_waitsUntilTheNodeHasIt() {
        long offset = cluster.leader()
                .session()
                .produce("new", LogRecord.of("m"), NotLeaderPolicy.FORWARD)
                .join()
                .firstOffset();
        HttpResponse<String> read = TestCluster.get(
                cluster.follower(), "/api/message?topic=new&from=0&to=1&min_hw=" + (offset + 1));
        assertThat(read.statusCode()).as(read.body()).isEqualTo(200);
        assertThat(read.body()).contains("\"count\":1", "\"epoch\":");
    }

    @Test
    void topics_areCreatedAlteredTrimmedAndDeletedOnAllNodes() {
        LignumNode follower = cluster.follower();
        HttpResponse<String> created = TestCluster.send(
                follower, "PUT", "/api/topics/shared", "{\"live\":true,\"quorumCount\":3}");
        assertThat(created.body()).contains("\"mode\":\"live\"", "\"copiesAtAck\":3");
        HttpResponse<String> twice =
                TestCluster.send(cluster.leader(), "PUT", "/api/topics/shared", "");
        assertThat(twice.statusCode()).as(twice.body()).isEqualTo(409);
        TestCluster.post(follower, "/api/messages?topic=shared", "[\"a\",\"b\"]");
        HttpResponse<String> altered =
                TestCluster.send(follower, "PATCH", "/api/topics/shared", "{\"live\":false}");
        assertThat(altered.body()).contains("\"mode\":\"wal\"", "\"copiesAtAck\":1");
        HttpResponse<String> deletion =
                TestCluster.send(follower, "DELETE", "/api/topics/shared", "");
        assertThat(deletion.statusCode()).isEqualTo(200);
        Awaitility.await()
                .atMost(TestCluster.TIMEOUT)
                .until(() -> cluster.node(1).session().topics().list().stream()
                        .noneMatch(topic -> topic.name().equals("shared")));
        HttpResponse<String> none = TestCluster.send(follower, "DELETE", "/api/topics/shared", "");
        assertThat(none.statusCode()).as(none.body()).isEqualTo(404);
    }

    @Test
    void internalTopics_areHiddenAndRefused() {
        assertThat(TestCluster.get(cluster.leader(), "/api/topics").body()).doesNotContain("\"__");
        assertThat(TestCluster.get(cluster.leader(), "/api/message?topic=__topics&to=1")
                        .body())
                .contains("INVALID_TOPIC");
        assertThat(TestCluster.post(
                                cluster.follower(),
                                "/api/message",
                                "{\"topic\":\"__topics\",\"message\":\"m\"}")
                        .body())
                .contains("INVALID_TOPIC");
        assertThat(TestCluster.get(cluster.leader(), "/metrics").body())
                .doesNotContain("topic=\"__");
    }

    @Test
    void history_isCheckedWhenAReaderGoesOn() {
        LignumNode leader = cluster.leader();
        leader.session()
                .produce("history", LogRecord.of("m"), NotLeaderPolicy.FORWARD)
                .join();
        int epoch = leader.session().read(ReadQuery.from("history", 0)).epoch().orElseThrow();
        ReadDemand same = new ReadDemand(
                ReadDemand.Level.COMMITTED, OptionalLong.empty(), OptionalInt.of(epoch));
        assertThat(leader.session().awaitDemand("history", 1, same)).isCompleted();
        // A reader of a history that this log shares in its first epoch only.
        ReadDemand other = new ReadDemand(
                ReadDemand.Level.COMMITTED, OptionalLong.empty(), OptionalInt.of(epoch - 1));
        assertThat(leader.session().awaitDemand("history", 1, other))
                .isCompletedExceptionally()
                .failsWithin(TestCluster.TIMEOUT)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.LOG_TRUNCATED));
    }

    @Test
    void health_saysWhatANodeIs() {
        assertThat(TestCluster.get(cluster.leader(), "/health/ready?writes=true")
                        .body())
                .startsWith("{\"status\":\"ready\",\"role\":\"leader\",\"epoch\":")
                .endsWith("\"writes\":true,\"diskFull\":false,\"linearizable\":true}");
        assertThat(TestCluster.get(cluster.follower(), "/health/ready").body())
                .contains("\"role\":\"follower\"");
    }

    @Test
    void status_isGivenByEveryListenerAndTheCommandLine() {
        LignumNode follower = cluster.follower();
        assertThat(TestCluster.get(follower, "/api/cluster?view=leader").body())
                .contains("\"clustered\":true", "\"role\":\"leader\"", "\"node_id\":\"node-3\"");
        assertThat(TestCluster.get(follower, "/metrics").body())
                .contains("lignum_cluster_role{role=\"follower\"} 1.0")
                .contains("lignum_cluster_in_sync 3.0");
        CommandRun run =
                CommandRun.of("cluster", "status", "--server", "127.0.0.1:" + follower.grpcPort());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("node-1", "leader, in sync", "min in sync      2 of 3");
        CommandRun json = CommandRun.of(
                "cluster", "status", "--json", "--server", "127.0.0.1:" + follower.grpcPort());
        assertThat(json.out()).contains("\"clustered\":true", "\"writes\":true");
    }

    @Test
    void roles_areThoseOfTheProtocol() {
        assertThat(TestCluster.status(cluster.follower()).role())
                .isEqualTo(ClusterStatus.Role.FOLLOWER);
    }

    @Test
    void followerAndLeader_refuseWhomTheyDoNotServeByEveryRouteAndMethod() throws IOException {
        for (LignumNode node : List.of(cluster.follower(), cluster.leader())) {
            int http = node.httpPort();
            HttpAccessTable.assertRefused(403, "ACCESS_DENIED", HOST, http, "Via: 1.1 proxy");
            HttpAccessTable.assertRefused(403, "CROSS_ORIGIN", HOST, http, "Origin: null");
            HttpAccessTable.assertRefused(
                    421, "HOST_NOT_ALLOWED", HOST, http, "Host: evil.example");
            GrpcAccessTable.assertRefused(HOST, node.grpcPort(), "via: 1.1 proxy");
        }
    }

    @Test
    void followerServesItsOwnHost_byEveryRouteThatIsSentOnToo() throws IOException {
        HttpAccessTable.assertServed(HOST, cluster.follower().httpPort());
    }
}
