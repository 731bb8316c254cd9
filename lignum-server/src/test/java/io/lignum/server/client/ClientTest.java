package io.lignum.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.client.Codecs;
import io.lignum.client.Consumer;
import io.lignum.client.Durability;
import io.lignum.client.FilePositionStore;
import io.lignum.client.LignumClient;
import io.lignum.client.LignumException;
import io.lignum.client.PositionStore;
import io.lignum.client.Producer;
import io.lignum.client.StoredPosition;
import io.lignum.client.Subscription;
import io.lignum.client.TopicDescription;
import io.lignum.client.TopicSpec;
import io.lignum.client.WhenRecreated;
import io.lignum.record.Compression;
import io.lignum.server.TestNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The client against a real node. */
class ClientTest {

    @TempDir
    Path directory;

    private TestNode node;
    private LignumClient client;

    @BeforeEach
    void start() {
        node = TestNode.start(directory.resolve("data"), "limits.message-max-bytes", "2000");
        client = LignumClient.connect("127.0.0.1:" + node.node().grpcPort());
    }

    @AfterEach
    void end() {
        client.close();
        node.close();
    }

    @Test
    void topics_areCreatedChangedListedAndDeleted() throws Exception {
        TopicDescription created = client.topics()
                .create(TopicSpec.of("t")
                        .withDurability(Durability.INTERVAL)
                        .withRetentionTime(Duration.ofHours(1)))
                .get();
        assertThat(created.spec().durability()).contains(Durability.INTERVAL);
        assertThatThrownBy(client.topics().create(TopicSpec.of("t"))::join)
                .hasCauseInstanceOf(LignumException.TopicExists.class);
        TopicDescription changed = client.topics()
                .alter(TopicSpec.of("t").withRetentionBytes(1 << 20))
                .get();
        assertThat(changed.id()).isEqualTo(created.id());
        assertThat(changed.spec().retentionTime()).contains(Duration.ofHours(1));
        assertThat(changed.spec().retentionBytes()).hasValue(1 << 20);
        client.topics().create(TopicSpec.of("s")).get();
        assertThat(client.topics().list().get())
                .extracting(TopicDescription::name)
                .containsExactly("s", "t");
        client.topics().delete("t").get();
        assertThatThrownBy(client.topics().describe("t")::join)
                .hasCauseInstanceOf(LignumException.UnknownTopic.class);
        assertThatThrownBy(client.topics().create(TopicSpec.of("not/a/name"))::join)
                .hasCauseInstanceOf(LignumException.InvalidRequest.class);
    }

    @Test
    void unknownTopic_failsTheConsumerAtOnce() {
        try (Consumer<byte[], byte[]> consumer = client.consumer("none").open()) {
            assertThatThrownBy(consumer::next).isInstanceOf(LignumException.UnknownTopic.class);
            assertThatThrownBy(consumer::next).isInstanceOf(LignumException.UnknownTopic.class);
        }
    }

    @Test
    void largeRecords_failAloneInTheMidstOfOthers() throws Exception {
        List<CompletableFuture<Long>> small = new ArrayList<>();
        List<CompletableFuture<Long>> large = new ArrayList<>();
        try (Producer<byte[], String> producer = client.producer("t")
                .values(Codecs.utf8())
                .batchBytes(1_500)
                .compression(Compression.ZSTD)
                .open()) {
            for (int i = 0; i < 1_000; i++) {
                small.add(producer.send("record " + i));
                if (i % 100 == 50) {
                    large.add(producer.send("x".repeat(3_000)));
                }
            }
        }
        for (int i = 0; i < small.size(); i++) {
            assertThat(small.get(i)).isCompletedWithValue((long) i);
        }
        for (CompletableFuture<Long> future : large) {
            assertThatThrownBy(future::join).hasCauseInstanceOf(LignumException.TooLarge.class);
        }
    }

    @Test
    void startsByTimeAndEnd_areWhereTheyShouldBe() throws Exception {
        try (Producer<byte[], String> producer =
                client.producer("t").values(Codecs.utf8()).open()) {
            producer.send("a").get();
            producer.send("b").get();
            assertThat(client.topics().findOffset("t", Instant.EPOCH).get()).hasValue(0);
            try (Consumer<byte[], String> late =
                            client.consumer("t").values(Codecs.utf8()).fromEnd().open();
                    Consumer<byte[], String> old = client.consumer("t")
                            .values(Codecs.utf8())
                            .fromTime(Instant.EPOCH)
                            .open()) {
                assertThat(late.started().get()).isEqualTo(2);
                assertThat(late.poll(Duration.ofMillis(1))).isEmpty();
                producer.send("c").get();
                assertThat(late.next().value()).isEqualTo("c");
                assertThat(old.next().value()).isEqualTo("a");
                assertThat(old.logEnd().orElseThrow()).isGreaterThanOrEqualTo(2);
            }
        }
    }

    @Test
    void resume_goesOnBehindWhatWasProcessed() throws Exception {
        PositionStore store = FilePositionStore.in(directory.resolve("positions"));
        try (Producer<byte[], String> producer =
                client.producer("t").values(Codecs.utf8()).open()) {
            for (int i = 0; i < 10; i++) {
                producer.send("record " + i).get();
            }
        }
        try (Consumer<byte[], byte[]> first =
                client.consumer("t").resume("c/1", store).open()) {
            for (int i = 0; i < 4; i++) {
                first.next();
            }
        }
        assertThat(nextOf(store)).hasValue(3L);
        List<Long> handled = new ArrayList<>();
        Subscription second = client.consumer("t")
                .resume("c/1", store)
                .toOffset(8)
                .handle(record -> handled.add(record.offset()));
        second.ended().get();
        assertThat(handled).containsExactly(3L, 4L, 5L, 6L, 7L);
        assertThat(nextOf(store)).hasValue(8L);
    }

    private static Optional<Long> nextOf(PositionStore store) {
        return store.load("c/1", "t").map(StoredPosition::nextOffset);
    }

    @Test
    void resumeInATopicCreatedAgain_isRefused_orStartsOver() throws Exception {
        PositionStore store = FilePositionStore.in(directory.resolve("positions"));
        fill("old", 5);
        try (Consumer<byte[], byte[]> first =
                client.consumer("t").resume("c/1", store).toOffset(5).open()) {
            while (first.hasNext()) {
                first.next();
            }
        }
        client.topics().delete("t").get();
        fill("new", 9);
        try (Consumer<byte[], byte[]> again =
                client.consumer("t").resume("c/1", store).open()) {
            assertThatThrownBy(again::next).isInstanceOf(LignumException.TopicRecreated.class);
        }
        try (Consumer<byte[], String> over = client.consumer("t")
                .values(Codecs.utf8())
                .resume("c/1", store)
                .whenRecreated(WhenRecreated.START_OVER)
                .open()) {
            assertThat(over.next().value()).isEqualTo("new 0");
        }
    }

    private void fill(String text, int count) throws Exception {
        try (Producer<byte[], String> producer =
                client.producer("t").values(Codecs.utf8()).open()) {
            for (int i = 0; i < count; i++) {
                producer.send(text + " " + i).get();
            }
        }
    }
}
