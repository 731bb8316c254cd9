package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lignum.api.ErrorDetail;
import io.lignum.client.FakeCluster.Member;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Producers of a cluster on real sockets whose leader moves, dies, is misnamed, or is missing. */
class ClusterProducerTest {

    private FakeCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = FakeCluster.of(3);
    }

    @AfterEach
    void end() {
        cluster.close();
    }

    private void assertAllOnceAndInOrder(List<CompletableFuture<Long>> futures) throws Exception {
        for (int i = 0; i < futures.size(); i++) {
            assertThat(futures.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(i);
        }
        assertThat(cluster.log.texts())
                .isEqualTo(IntStream.range(0, futures.size())
                        .mapToObj(i -> "record " + i)
                        .toList());
    }

    private int produced() {
        return cluster.members.stream()
                .mapToInt(member -> member.node.produced.get())
                .sum();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void anyAddress_leadsToTheLeader(int addresses) throws Exception {
        try (LignumClient client = cluster.client(addresses);
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            assertAllOnceAndInOrder(FakeNode.sendAll(producer, 2_000));
            assertThat(cluster.member(0).node.produced.get()).isPositive();
            assertThat(produced() - cluster.member(0).node.produced.get()).isLessThan(20);
        }
    }

    @Test
    void oneAddressThatAnswers_isEnough() throws Exception {
        String dead;
        try (FakeNode stopped = FakeNode.start()) {
            dead = stopped.address();
        }
        String several = dead + "," + cluster.member(1).node.address() + ", " + dead;
        try (LignumClient client = LignumClient.connect(several);
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            assertAllOnceAndInOrder(FakeNode.sendAll(producer, 500));
        }
    }

    @Test
    void leaderThatMoves_isFollowed() throws Exception {
        try (LignumClient client = cluster.client(3);
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            List<CompletableFuture<Long>> futures = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                futures.add(producer.send("record " + i));
                if (i % 300 == 299) {
                    cluster.lead(i / 300 % 3);
                    futures.get(i).get(30, TimeUnit.SECONDS);
                }
            }
            assertAllOnceAndInOrder(futures);
        }
    }

    @Test
    void leaderKilledWithBatchesInFlight_nothingIsLostOrRepeated() throws Exception {
        long seed = Long.getLong("lignum.seed", 1);
        Random random = new Random(seed);
        Member old = cluster.member(0);
        AtomicInteger taken = new AtomicInteger();
        old.node.onProduce = (count, request, out) -> {
            if (count < 10) {
                cluster.produce(old, request, out);
            } else if (random.nextBoolean() && taken.getAndIncrement() == count - 10) {
                cluster.log.append(request); // Committed, and the answer is lost.
            }
        };
        try (LignumClient client = cluster.client(3);
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            List<CompletableFuture<Long>> futures = FakeNode.sendAll(producer, 3_000);
            await().until(() -> old.node.produced.get() >= 14);
            cluster.kill(0);
            var unused = CompletableFuture.runAsync(
                    () -> cluster.lead(2),
                    CompletableFuture.delayedExecutor(1_500, TimeUnit.MILLISECONDS));
            assertAllOnceAndInOrder(futures);
        } catch (AssertionError failed) {
            throw new AssertionError("seed " + seed, failed);
        }
    }

    @Test
    void leaderThatFallsSilent_isLeftWhenTheOthersNameAnother() throws Exception {
        Member old = cluster.member(0);
        old.node.onProduce = (count, request, out) -> {
            if (count < 5) {
                cluster.produce(old, request, out);
            } else if (count == 5) {
                cluster.log.append(request);
                cluster.lead(1);
            }
        };
        old.liesAbout = Optional.of(old);
        try (LignumClient client = cluster.client(3);
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            long startNanos = System.nanoTime();
            assertAllOnceAndInOrder(FakeNode.sendAll(producer, 1_000));
            assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                    .isLessThan(Duration.ofSeconds(20));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_ENOUGH_REPLICAS, NOT_APPLIED",
        "COORDINATOR_UNAVAILABLE, NOT_APPLIED",
        "COMMIT_UNKNOWN, UNKNOWN"
    })
    void leaderThatIsCutOffAndRefusesAtOnce_isLeftForTheOneThatTheOthersName(
            String code, ErrorDetail.Outcome outcome) throws Exception {
        Member old = cluster.member(0);
        old.liesAbout = Optional.of(old);
        old.staysInEpoch = 1;
        old.node.onProduce = (count, request, out) -> {
            if (count < 5) {
                cluster.produce(old, request, out);
            } else {
                out.onNext(FakeNode.refusal(request, code, outcome));
            }
            if (count == 5) {
                cluster.elect();
            }
        };
        try (LignumClient client = cluster.client(3);
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            List<CompletableFuture<Long>> futures = FakeNode.sendAll(producer, 1_000);
            int asked = cluster.member(1).listed.get();
            await().until(() -> cluster.member(1).listed.get() > asked + 2);
            cluster.beginToLead(1);
            long startNanos = System.nanoTime();
            assertAllOnceAndInOrder(futures);
            assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                    .isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void hintsThatLoop_areNotFollowedForEver() throws Exception {
        cluster.lead(2);
        cluster.member(0).liesAbout = Optional.of(cluster.member(1));
        cluster.member(1).liesAbout = Optional.of(cluster.member(0));
        LignumClient.Builder builder = LignumClient.builder()
                .addresses(
                        cluster.member(0).node.address(), cluster.member(1).node.address());
        try (LignumClient client = builder.build();
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            assertAllOnceAndInOrder(FakeNode.sendAll(producer, 1_000));
            assertThat(produced() - cluster.member(2).node.produced.get())
                    .as("tries, of a window each")
                    .isLessThan(6 * FakeLog.REMEMBERED);
        }
    }

    @Test
    void noNodeLeadsForAWhile_isWaitedForWithoutABusyLoop() throws Exception {
        cluster.removeLeader();
        try (LignumClient client = cluster.client(3);
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            List<CompletableFuture<Long>> futures = FakeNode.sendAll(producer, 1_000);
            await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
            assertThat(produced()).isLessThan(30);
            assertThat(cluster.member(1).listed.get()).isBetween(3, 30);
            cluster.lead(1);
            long startNanos = System.nanoTime();
            assertAllOnceAndInOrder(futures);
            assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                    .isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void noNodeLeadsUntilTimeIsUp_failsNotApplied() throws Exception {
        cluster.removeLeader();
        try (LignumClient client = cluster.client(2);
                Producer<byte[], String> producer = FakeNode.producer(client)
                        .deliveryTimeout(Duration.ofSeconds(1))
                        .open()) {
            Throwable failure =
                    producer.send("a").handle((offset, error) -> error).get(20, TimeUnit.SECONDS);
            assertThat(failure).isInstanceOfSatisfying(LignumException.Timeout.class, error -> {
                assertThat(error.outcome()).isEqualTo(LignumException.Outcome.NOT_APPLIED);
                assertThat(error).hasCauseInstanceOf(LignumException.NotLeader.class);
            });
        }
    }

    @Test
    void tooFewReplicasForAWhile_isTriedAgainAndNothingIsRepeated() throws Exception {
        Member leader = cluster.member(0);
        AtomicInteger refusals = new AtomicInteger();
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        leader.node.onProduce = (count, request, out) -> {
            int dice = count == 0 ? 3 : random.nextInt(7);
            if (dice == 3) {
                refusals.incrementAndGet();
                out.onNext(FakeNode.refusal(
                        request, "NOT_ENOUGH_REPLICAS", ErrorDetail.Outcome.NOT_APPLIED));
            } else if (dice == 5) {
                cluster.log.append(request);
                out.onNext(
                        FakeNode.refusal(request, "COMMIT_UNKNOWN", ErrorDetail.Outcome.UNKNOWN));
            } else {
                cluster.produce(leader, request, out);
            }
        };
        try (LignumClient client = cluster.client(3);
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            assertAllOnceAndInOrder(FakeNode.sendAll(producer, 1_000));
            assertThat(refusals.get()).isPositive();
        }
    }

    @Test
    void manyProducersWithoutALeader_askTogether() throws Exception {
        cluster.removeLeader();
        try (LignumClient client = cluster.client(3)) {
            List<Producer<byte[], String>> producers = new ArrayList<>();
            List<CompletableFuture<Long>> futures = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                producers.add(FakeNode.producer(client).open());
                futures.add(producers.get(i).send("from " + i));
            }
            await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
            assertThat(cluster.member(1).listed.get()).isLessThan(30);
            cluster.lead(1);
            for (CompletableFuture<Long> future : futures) {
                future.get(20, TimeUnit.SECONDS);
            }
            assertThat(cluster.log.end()).isEqualTo(100);
        }
    }

    @Test
    void leaderThatCannotBeReachedFromHere_isReachedThroughAnotherNode() throws Exception {
        for (Member member : cluster.members) {
            member.forwards = true;
            member.advertisedPort = 1; // No server listens there.
        }
        try (LignumClient client = cluster.client(1);
                Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            assertAllOnceAndInOrder(FakeNode.sendAll(producer, 1_000));
            assertThat(cluster.member(2).node.produced.get()).isPositive();
        }
    }
}
