package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.Compression;
import io.lignum.record.RecordHeader;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

class RoundTripTest {

    @Test
    void sentRecords_comeBackInOrderWithEverything() throws Exception {
        try (FakeNode node = FakeNode.start();
                LignumClient client = LignumClient.connect(node.address())) {
            Producer<String, Long> producer = client.producer("t")
                    .keys(Codecs.utf8())
                    .values(Codecs.int64())
                    .open();
            Instant time = Instant.ofEpochMilli(1_234);
            List<RecordHeader> headers = List.of(new RecordHeader("h", new byte[] {1}));
            assertThat(producer.send(5L).get()).isZero();
            assertThat(producer.send("k", null).get()).isEqualTo(1);
            assertThat(producer.send(ProducerRecord.of("k", 7L)
                                    .withHeaders(headers)
                                    .withTimestamp(time))
                            .get())
                    .isEqualTo(2);
            try (Consumer<String, Long> consumer = client.consumer("t")
                    .keys(Codecs.utf8())
                    .values(Codecs.int64())
                    .toOffset(3)
                    .open()) {
                assertThat(consumer.next().value()).isEqualTo(5);
                Received<String, Long> second = consumer.next();
                assertThat(second.key()).isEqualTo("k");
                assertThat(second.value()).isNull();
                assertThat(consumer.next())
                        .isEqualTo(new Received<>("t", 2, 1_234, "k", 7L, headers));
                assertThat(consumer.hasNext()).isFalse();
                assertThat(consumer.position()).isEqualTo(3);
                assertThat(consumer.started().get()).isZero();
            }
        }
    }

    @Test
    void manyRecords_shareBatchesAndKeepTheirOrder() throws Exception {
        for (Compression compression : List.of(Compression.NONE, Compression.LZ4)) {
            try (FakeNode node = FakeNode.start();
                    LignumClient client = LignumClient.connect(node.address())) {
                List<String> texts =
                        IntStream.range(0, 100_000).mapToObj(i -> "record " + i).toList();
                List<CompletableFuture<Long>> offsets = new ArrayList<>();
                try (Producer<byte[], String> producer = client.producer("t")
                        .values(Codecs.utf8())
                        .compression(compression)
                        .open()) {
                    texts.forEach(text -> offsets.add(producer.send(text)));
                }
                for (int i = 0; i < offsets.size(); i++) {
                    assertThat(offsets.get(i)).isCompletedWithValue((long) i);
                }
                assertThat(node.log.texts()).isEqualTo(texts);
                assertThat(node.produced.get()).isLessThan(1_000);
                List<String> read = new ArrayList<>();
                Subscription subscription = client.consumer("t")
                        .values(Codecs.utf8())
                        .toOffset(texts.size())
                        .handle(record -> read.add(record.value()));
                subscription.ended().get();
                assertThat(read).isEqualTo(texts);
            }
        }
    }

    @Test
    void linger_keepsRecordsTogetherAndFlushEndsIt() throws Exception {
        try (FakeNode node = FakeNode.start();
                LignumClient client = LignumClient.connect(node.address());
                Producer<byte[], String> producer = client.producer("t")
                        .values(Codecs.utf8())
                        .linger(Duration.ofSeconds(60))
                        .open()) {
            CompletableFuture<Long> first = producer.send("a");
            CompletableFuture<Long> second = producer.send("b");
            producer.flush().get();
            assertThat(first).isCompletedWithValue(0L);
            assertThat(second).isCompletedWithValue(1L);
            assertThat(node.produced).hasValue(1);
        }
    }
}
