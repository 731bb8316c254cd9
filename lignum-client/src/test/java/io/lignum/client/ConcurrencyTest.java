package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** Many threads, one producer that is closed in the midst of them: every record once, in order. */
class ConcurrencyTest {

    private static final int THREADS = 8;

    private record Sent(String text, CompletableFuture<Long> offset) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void closeRacesWithSend_everyFutureEndsAndTellsTheTruth(long seed) throws Exception {
        Random random = new Random(seed);
        try (FakeNode node = FakeNode.start();
                LignumClient client = LignumClient.connect(node.address())) {
            Producer<byte[], String> producer = client.producer("t")
                    .values(Codecs.utf8())
                    .batchBytes(1_024 << random.nextInt(6))
                    .maxBytesInFlight((64 << 10) << random.nextInt(4))
                    .linger(Duration.ofMillis(random.nextInt(3)))
                    .open();
            int before = random.nextInt(20_000);
            List<List<Sent>> sent = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            CountDownLatch some = new CountDownLatch(before + 1);
            for (int i = 0; i < THREADS; i++) {
                List<Sent> mine = new ArrayList<>();
                sent.add(mine);
                Random own = new Random(seed + i);
                String name = i + "-";
                Thread thread = new Thread(() -> sendUntilClosed(producer, name, mine, own, some));
                threads.add(thread);
                thread.start();
            }
            some.await();
            producer.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertTruth(seed, node.log.texts(), sent);
        }
    }

    private static void sendUntilClosed(
            Producer<byte[], String> producer,
            String name,
            List<Sent> sent,
            Random random,
            CountDownLatch some) {
        for (int i = 0; ; i++) {
            String text = name + i + "-" + "x".repeat(random.nextInt(200));
            CompletableFuture<Long> offset = producer.send(text);
            sent.add(new Sent(text, offset));
            some.countDown();
            if (random.nextInt(50) == 0) {
                var unused = offset.exceptionally(error -> -1L).join();
            }
            if (offset.isCompletedExceptionally()) {
                return;
            }
        }
    }

    private static void assertTruth(long seed, List<String> log, List<List<Sent>> sent) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < log.size(); i++) {
            assertThat(places.put(log.get(i), i)).as("seed " + seed).isNull();
        }
        int succeeded = 0;
        for (List<Sent> mine : sent) {
            long last = -1;
            for (Sent one : mine) {
                assertThat(one.offset.isDone()).as("seed " + seed).isTrue();
                if (!one.offset.isCompletedExceptionally()) {
                    long offset = one.offset.join();
                    assertThat(offset).as("seed " + seed).isGreaterThan(last);
                    assertThat(places.get(one.text)).as("seed " + seed).isEqualTo((int) offset);
                    last = offset;
                    succeeded++;
                }
            }
        }
        assertThat(succeeded).as("seed " + seed).isEqualTo(log.size());
    }
}
