package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that use the client are interrupted all the time: each call ends, typed, and nothing is
 * lost.
 */
@Timeout(60)
class InterruptsTest {

    private static final int RECORDS = 2_000;

    @TempDir
    Path directory;

    /** Interrupts a thread until it is closed. */
    private static final class Storm implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        Storm(Thread victim) {
            new Thread(() -> {
                        while (!over.get()) {
                            victim.interrupt();
                            LockSupport.parkNanos(1_000);
                        }
                        ended.complete(null);
                    })
                    .start();
        }

        @Override
        public void close() {
            over.set(true);
            ended.join();
            Thread.interrupted();
        }
    }

    @Test
    void positionsSavedUnderAStorm_areAllSaved() {
        FilePositionStore store = FilePositionStore.in(directory);
        try (Storm storm = new Storm(Thread.currentThread())) {
            for (int i = 0; i < 100; i++) {
                store.save("c", "t", new StoredPosition(i, Optional.empty()));
                assertThat(store.load("c", "t")).hasValue(new StoredPosition(i, Optional.empty()));
            }
            assertThat(storm.over).isFalse();
        }
    }

    @Test
    void recordsSentAndReadUnderAStorm_areNeitherLostNorRepeated() throws Exception {
        try (FakeNode node = FakeNode.start();
                LignumClient client = node.client()) {
            PositionStore store = FilePositionStore.in(directory);
            List<CompletableFuture<Long>> sent = new ArrayList<>();
            List<Long> read = new ArrayList<>();
            Producer<byte[], String> producer =
                    FakeNode.producer(client).maxBytesInFlight(64 << 10).open();
            try (Storm storm = new Storm(Thread.currentThread())) {
                while (sent.size() < RECORDS) {
                    send(producer, "record " + sent.size(), sent);
                }
                assertThat(storm.over).isFalse();
            }
            producer.close();
            Consumer<byte[], byte[]> consumer =
                    client.consumer("t").resume("c", store).toOffset(RECORDS).open();
            try (Storm storm = new Storm(Thread.currentThread())) {
                while (read.size() < RECORDS) {
                    try {
                        read.add(consumer.next().offset());
                    } catch (InterruptedException interrupted) {
                        assertThat(consumer.position()).isEqualTo(read.size());
                    }
                }
                consumer.savePosition();
                consumer.close();
                assertThat(storm.over).isFalse();
            }
            for (int i = 0; i < RECORDS; i++) {
                assertThat(sent.get(i).get(10, TimeUnit.SECONDS)).isEqualTo(i);
                assertThat(read.get(i)).isEqualTo(i);
            }
            assertThat(store.load("c", "t").map(StoredPosition::nextOffset))
                    .hasValue((long) RECORDS);
        }
    }

    /**
     * Full, it refuses what an interrupt keeps it from waiting for, typed and with the flag kept.
     */
    private static void send(
            Producer<byte[], String> producer, String text, List<CompletableFuture<Long>> sent) {
        CompletableFuture<Long> future = producer.send(text);
        if (!future.isCompletedExceptionally()) {
            sent.add(future);
            return;
        }
        assertThat(future)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(LignumException.BufferFull.class);
    }

    @Test
    void consumerClosedByAnInterruptedThread_savesItsPosition_andTheFlagIsKept() throws Exception {
        try (FakeNode node = FakeNode.start();
                LignumClient client = node.client()) {
            try (Producer<byte[], String> producer = FakeNode.producer(client).open()) {
                FakeNode.sendAll(producer, 10).forEach(CompletableFuture::join);
            }
            PositionStore store = FilePositionStore.in(directory);
            try (Consumer<byte[], byte[]> consumer =
                    client.consumer("t").resume("c", store).open()) {
                for (int i = 0; i < 5; i++) {
                    consumer.next();
                }
                Thread.currentThread().interrupt();
                consumer.savePosition();
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            }
            assertThat(Thread.interrupted()).isTrue();
            assertThat(store.load("c", "t").map(StoredPosition::nextOffset)).hasValue(5L);
        }
    }

    @Test
    void handlersThatAreShutDownNow_saveWhatTheyProcessed() throws Exception {
        ExecutorService handlers = Executors.newSingleThreadExecutor();
        try (FakeNode node = FakeNode.start();
                LignumClient client = LignumClient.builder()
                        .addresses(node.address())
                        .callbackExecutor(handlers)
                        .build()) {
            try (Producer<byte[], String> producer = FakeNode.producer(client).open()) {
                FakeNode.sendAll(producer, 10).forEach(CompletableFuture::join);
            }
            PositionStore store = FilePositionStore.in(directory);
            Subscription subscription = client.consumer("t").resume("c", store).handle(record -> {
                if (record.offset() == 6) {
                    handlers.shutdownNow(); // Interrupts this very thread.
                }
            });
            assertThat(subscription.ended()).failsWithin(Duration.ofSeconds(10));
            assertThat(store.load("c", "t").map(StoredPosition::nextOffset).orElse(0L))
                    .isGreaterThanOrEqualTo(7);
        } finally {
            handlers.shutdownNow();
        }
    }
}
