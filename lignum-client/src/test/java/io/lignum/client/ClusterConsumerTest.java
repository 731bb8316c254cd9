package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.lignum.api.Divergence;
import io.lignum.api.ErrorDetail;
import io.lignum.api.Fetched;
import io.lignum.api.ReadLevel;
import io.lignum.api.SubscribeRequest;
import io.lignum.client.FakeCluster.Member;
import io.lignum.client.FakeNode.OnSubscribe;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Consumers of a cluster on real sockets: nodes that die, are behind, or disagree. */
class ClusterConsumerTest {

    private FakeCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = FakeCluster.of(3);
    }

    @AfterEach
    void end() {
        cluster.close();
    }

    /** By another client, so that it is not an own write of the reader. */
    private List<String> fill(int count) {
        List<String> texts =
                IntStream.range(0, count).mapToObj(i -> "record " + i).toList();
        try (LignumClient client = cluster.client(3);
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            texts.forEach(text -> producer.send(text).exceptionally(error -> -1L));
        }
        assertThat(cluster.log.texts()).isEqualTo(texts);
        return texts;
    }

    private static ConsumerBuilder<byte[], String> consumer(LignumClient client) {
        return client.consumer("t").values(Codecs.utf8());
    }

    private static int subscribed(Member member) {
        return member.node.subscribed.get();
    }

    @Test
    void withoutAWish_theLeaderIsReadFrom() throws Exception {
        cluster.lead(1);
        fill(10);
        try (LignumClient client = cluster.client(3);
                Consumer<byte[], String> consumer = consumer(client).open()) {
            assertThat(consumer.next().value()).isEqualTo("record 0");
            assertThat(subscribed(cluster.member(1))).isEqualTo(1);
        }
    }

    @Test
    void preferredNode_isReadFromByIdOrAddress() throws Exception {
        fill(10);
        for (String wish : List.of("node-2", cluster.member(2).node.address())) {
            int before = subscribed(cluster.member(2));
            try (LignumClient client = cluster.client(2);
                    Consumer<byte[], String> consumer =
                            consumer(client).prefer(wish).open()) {
                assertThat(consumer.next().value()).isEqualTo("record 0");
                assertThat(subscribed(cluster.member(2))).isEqualTo(before + 1);
            }
        }
    }

    @Test
    void nodesThatDieOneAfterTheOther_areLeftWithoutGapOrRepeat() throws Exception {
        List<String> texts = fill(3_000);
        cluster.member(1).node.onSubscribe =
                (count, request, out) -> cluster.member(1).node.serve(request, out, 1_000);
        cluster.member(2).node.onSubscribe =
                (count, request, out) -> cluster.member(2).node.serve(request, out, 2_000);
        List<String> read = new ArrayList<>();
        try (LignumClient client = cluster.client(3);
                Consumer<byte[], String> consumer =
                        consumer(client).prefer("node-1").open()) {
            while (read.size() < texts.size()) {
                if (read.size() == 900) {
                    cluster.kill(1);
                }
                read.add(consumer.next().value());
            }
        }
        assertThat(read).isEqualTo(texts);
    }

    @Test
    void nodeThatNeverAnswers_isLeftForOneThatDoes() throws Exception {
        fill(5);
        cluster.member(1).node.onSubscribe = (count, request, out) -> {};
        try (LignumClient client = cluster.client(3);
                Consumer<byte[], String> consumer =
                        consumer(client).prefer("node-1").open()) {
            assertThat(consumer.poll(Duration.ofSeconds(20))).isPresent();
        }
    }

    @Test
    void followerThatIsBehind_isWaitedForAndTheLogIsNotCalledShorter() throws Exception {
        List<String> texts = fill(200);
        Member behind = cluster.member(1);
        Member first = cluster.member(2);
        first.node.onSubscribe = (count, request, out) -> {
            if (count == 0) {
                first.node.serve(request, out, 100);
                out.onError(Status.UNAVAILABLE.asRuntimeException());
            }
        };
        behind.node.onSubscribe = (count, request, out) -> {
            // It has 50, is asked for what comes after 100, says so, and catches up.
            out.onNext(Fetched.newBuilder()
                    .setNext(request.getOffset())
                    .setLogEnd(50)
                    .setLeader("node-0")
                    .build());
            cluster.log.read(request.getOffset(), Long.MAX_VALUE).forEach(out::onNext);
        };
        cluster.lead(2);
        List<String> read = new ArrayList<>();
        try (LignumClient client = cluster.client(3);
                Consumer<byte[], String> consumer = consumer(client).open()) {
            while (read.size() < 50) {
                read.add(consumer.next().value());
            }
            cluster.lead(1);
            while (read.size() < texts.size()) {
                read.add(consumer.next().value());
            }
        }
        assertThat(read).isEqualTo(texts);
    }

    @Test
    void ownWrites_areAskedForUnlessTurnedOff() throws Exception {
        cluster.member(1).behindAt = 0;
        try (LignumClient client = cluster.client(3);
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            producer.send("mine").get(10, TimeUnit.SECONDS);
            try (Consumer<byte[], String> consumer =
                    consumer(client).prefer("node-1").open()) {
                // The preferred one has not got it, so another one is read from.
                assertThat(consumer.poll(Duration.ofSeconds(10))).isPresent();
            }
            try (Consumer<byte[], String> consumer =
                    consumer(client).prefer("node-1").readOwnWrites(false).open()) {
                assertThat(consumer.started().get(10, TimeUnit.SECONDS)).isZero();
                assertThat(consumer.poll(Duration.ofMillis(200))).isEmpty();
            }
        }
    }

    @Test
    void ownWritesThatNoNodeHas_endTypedWithinTheRequestTimeout() throws Exception {
        try (LignumClient client = cluster.client(3);
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            producer.send("mine").get(10, TimeUnit.SECONDS);
            for (Member member : cluster.members) {
                member.node.onSubscribe = (count, request, out) -> out.onError(FakeNode.failure(
                        Status.Code.UNAVAILABLE, "NOT_CAUGHT_UP", ErrorDetail.Outcome.NOT_APPLIED));
            }
            try (Consumer<byte[], String> consumer = consumer(client).open()) {
                assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(30)))
                        .isInstanceOf(LignumException.NotCaughtUp.class);
            }
        }
    }

    @Test
    void levelAndLastEpoch_areOnTheWire() throws Exception {
        fill(100);
        BlockingQueue<SubscribeRequest> requests = new LinkedBlockingQueue<>();
        AtomicInteger subscribed = new AtomicInteger();
        OnSubscribe recording = (count, request, out) -> {
            requests.add(request);
            out.onNext(Fetched.newBuilder()
                    .setNext(request.getOffset())
                    .setLogEnd(100)
                    .build());
            Fetched answer = cluster.log.read(request.getOffset(), 100).get(0);
            out.onNext(answer.toBuilder().setEpoch(7).build());
            if (subscribed.getAndIncrement() == 0) {
                out.onError(Status.UNAVAILABLE.asRuntimeException());
            }
        };
        cluster.members.forEach(member -> member.node.onSubscribe = recording);
        try (LignumClient client = cluster.client(3);
                Consumer<byte[], String> consumer =
                        consumer(client).prefer("node-0").linearizable().open()) {
            consumer.next();
            SubscribeRequest first = requests.poll(10, TimeUnit.SECONDS);
            assertThat(first).isNotNull();
            assertThat(first.getLevel()).isEqualTo(ReadLevel.LINEARIZABLE);
            assertThat(first.hasLastEpoch()).isFalse();
            SubscribeRequest second = requests.poll(10, TimeUnit.SECONDS);
            assertThat(second).isNotNull();
            assertThat(second.getOffset()).isPositive();
            assertThat(second.getLastEpoch()).isEqualTo(7);
        }
    }

    private static StatusRuntimeException truncated(long offset, int epoch) {
        Metadata trailers = new Metadata();
        trailers.put(
                ProtoUtils.keyForProto(ErrorDetail.getDefaultInstance()),
                FakeNode.detail("LOG_TRUNCATED", ErrorDetail.Outcome.NONE).toBuilder()
                        .setDivergence(Divergence.newBuilder().setOffset(offset).setEpoch(epoch))
                        .build());
        return Status.FAILED_PRECONDITION.asRuntimeException(trailers);
    }

    private void truncateAfterTheFirstRead() {
        for (Member member : cluster.members) {
            member.node.onSubscribe = (count, request, out) -> {
                if (request.getStartCase() != SubscribeRequest.StartCase.OFFSET) {
                    member.node.serve(request, out, Long.MAX_VALUE);
                    out.onError(Status.UNAVAILABLE.asRuntimeException());
                } else if (request.getOffset() > 40) {
                    out.onError(truncated(40, 1));
                } else {
                    member.node.serve(request, out, Long.MAX_VALUE);
                }
            };
        }
    }

    @Test
    void logReplacedByAFailover_failsWithThePlace() throws Exception {
        fill(100);
        truncateAfterTheFirstRead();
        try (LignumClient client = cluster.client(3);
                Consumer<byte[], String> consumer = consumer(client).open()) {
            for (int i = 0; i < 100; i++) {
                assertThat(consumer.next().offset()).isEqualTo(i);
            }
            assertThatThrownBy(consumer::next)
                    .isInstanceOfSatisfying(
                            LignumException.LogTruncated.class,
                            error -> assertThat(error.divergence()).isEqualTo(40));
        }
    }

    @Test
    void logReplacedByAFailover_isReadAgainFromThereIfWanted() throws Exception {
        fill(100);
        truncateAfterTheFirstRead();
        try (LignumClient client = cluster.client(3);
                Consumer<byte[], String> consumer =
                        consumer(client).whenTruncated(WhenTruncated.CONTINUE).open()) {
            for (int i = 0; i < 100; i++) {
                assertThat(consumer.next().offset()).isEqualTo(i);
            }
            for (int i = 40; i < 100; i++) {
                assertThat(consumer.next().offset()).isEqualTo(i);
            }
        }
    }

    @Test
    void truncationThatOnlyAFollowerTellsOf_isNotBelieved() throws Exception {
        fill(100);
        Member wrong = cluster.member(1);
        wrong.node.onSubscribe = (count, request, out) -> {
            if (request.getStartCase() == SubscribeRequest.StartCase.OFFSET) {
                out.onError(truncated(40, 1));
            } else {
                wrong.node.serve(request, out, 60);
                out.onError(Status.UNAVAILABLE.asRuntimeException());
            }
        };
        try (LignumClient client = cluster.client(3);
                Consumer<byte[], String> consumer =
                        consumer(client).prefer("node-1").open()) {
            for (int i = 0; i < 100; i++) {
                assertThat(consumer.next().offset()).isEqualTo(i);
            }
        }
    }

    @Test
    void leaderThatMoves_isFollowedByReadersAfterAWhile() throws Exception {
        fill(10);
        try (LignumClient client = cluster.client(3);
                Consumer<byte[], String> consumer = consumer(client).open();
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            assertThat(consumer.next().offset()).isZero();
            cluster.lead(2);
            producer.send("more").get(10, TimeUnit.SECONDS);
            await().until(() -> subscribed(cluster.member(2)) == 1);
            for (int i = 1; i <= 10; i++) {
                assertThat(consumer.next().offset()).isEqualTo(i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void nodesAtDifferentEndsThatComeAndGo_areReadInOrderOnce(long seed) throws Exception {
        Random random = new Random(seed);
        List<String> texts = fill(5_000);
        for (Member member : cluster.members) {
            member.node.onSubscribe = (count, request, out) -> {
                int dice = random.nextInt(10);
                if (dice == 0) {
                    out.onError(FakeNode.failure(
                            Status.Code.UNAVAILABLE,
                            "NOT_CAUGHT_UP",
                            ErrorDetail.Outcome.NOT_APPLIED));
                } else if (dice == 1 && cluster.isLeader(member)) {
                    cluster.lead(random.nextInt(3));
                    out.onError(Status.UNAVAILABLE.asRuntimeException());
                } else {
                    member.node.serve(request, out, random.nextInt(6_000));
                    out.onError(Status.UNAVAILABLE.asRuntimeException());
                }
            };
        }
        List<String> read = new ArrayList<>();
        try (LignumClient client = cluster.client(1 + random.nextInt(3));
                Consumer<byte[], String> consumer =
                        consumer(client).bufferBytes(64 << 10).open()) {
            while (read.size() < texts.size()) {
                read.add(consumer.poll(Duration.ofSeconds(30)).orElseThrow().value());
            }
        } catch (RuntimeException failed) {
            throw new AssertionError("seed " + seed, failed);
        }
        assertThat(read).as("seed " + seed).isEqualTo(texts);
    }
}
