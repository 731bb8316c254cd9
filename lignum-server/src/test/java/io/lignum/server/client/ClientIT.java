package io.lignum.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.client.Codecs;
import io.lignum.client.LignumClient;
import io.lignum.client.Producer;
import io.lignum.client.Subscription;
import io.lignum.client.TopicSpec;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** The client with the real jar, which is killed and stopped under load. */
class ClientIT {

    private static final int SENDERS = 4;

    @TempDir
    Path directory;

    @Test
    void nodeKilledAndStoppedUnderLoad_nothingIsLostOrRepeatedOrOutOfOrder() throws Exception {
        try (JarNode node = JarNode.start(directory);
                LignumClient client = LignumClient.connect(node.address())) {
            client.topics().create(TopicSpec.of("t")).get();
            List<String> followed = Collections.synchronizedList(new ArrayList<>());
            Subscription follower = client.consumer("t")
                    .values(Codecs.utf8())
                    .handle(record -> followed.add(record.value()));
            Map<String, CompletableFuture<Long>> sent = new HashMap<>();
            try (Producer<byte[], String> producer =
                    client.producer("t").values(Codecs.utf8()).open()) {
                List<Map<String, CompletableFuture<Long>>> all =
                        sendWhileRestarting(node, producer);
                all.forEach(sent::putAll);
            }
            List<String> log = readAll(client);
            assertThat(new HashSet<>(log)).hasSameSizeAs(log).isEqualTo(sent.keySet());
            for (Map.Entry<String, CompletableFuture<Long>> one : sent.entrySet()) {
                assertThat(log.get(Math.toIntExact(one.getValue().join()))).isEqualTo(one.getKey());
            }
            assertInOrder(log);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> followed.size() >= log.size());
            assertThat(followed).isEqualTo(log);
            assertThat(follower.position()).isEqualTo(log.size());
        }
    }

    private static List<Map<String, CompletableFuture<Long>>> sendWhileRestarting(
            JarNode node, Producer<byte[], String> producer) throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        AtomicLong acks = new AtomicLong();
        List<Map<String, CompletableFuture<Long>>> all = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int sender = 0; sender < SENDERS; sender++) {
            Map<String, CompletableFuture<Long>> mine = new HashMap<>();
            String name = sender + "-";
            Thread thread = new Thread(() -> {
                for (int i = 0; !enough.get(); i++) {
                    String text = name + i;
                    CompletableFuture<Long> offset = producer.send(text);
                    mine.put(text, offset.whenComplete((at, error) -> acks.incrementAndGet()));
                    if (i % 100 == 0) {
                        var unused = offset.join(); // Some synchronous ones among the others.
                    }
                }
            });
            all.add(mine);
            threads.add(thread);
            thread.start();
        }
        for (int round = 0; round < 4; round++) {
            long acknowledged = acks.get();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> acks.get() > acknowledged + 2_000);
            if (round % 2 == 0) {
                node.killAndStart();
            } else {
                node.stopAndStart();
            }
        }
        enough.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        return all;
    }

    private static List<String> readAll(LignumClient client) throws Exception {
        long end = client.topics().describe("t").get().logEnd();
        List<String> log = new ArrayList<>();
        try (var consumer =
                client.consumer("t").values(Codecs.utf8()).toOffset(end).open()) {
            consumer.forEach(record -> log.add(record.value()));
        }
        assertThat((long) log.size()).isEqualTo(end);
        return log;
    }

    private static void assertInOrder(List<String> log) {
        int[] last = new int[SENDERS];
        Arrays.fill(last, -1);
        for (String text : log) {
            int sender = text.charAt(0) - '0';
            int number = Integer.parseInt(text.substring(2));
            assertThat(number).isEqualTo(last[sender] + 1);
            last[sender] = number;
        }
    }
}
