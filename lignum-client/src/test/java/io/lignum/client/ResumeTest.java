package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A consumer goes on where one of its name left off, in the topic that this one read. */
@Timeout(60)
class ResumeTest {

    private static final UUID FIRST = new UUID(1, 1);
    private static final UUID SECOND = new UUID(2, 2);

    @TempDir
    Path directory;

    private FakeNode node;
    private LignumClient client;
    private PositionStore store;

    @BeforeEach
    void start() throws Exception {
        node = FakeNode.start();
        node.topicId = FIRST.toString();
        client = node.client();
        store = FilePositionStore.in(directory);
        try (Producer<byte[], String> producer = FakeNode.producer(client).open()) {
            FakeNode.sendAll(producer, 20).forEach(future -> future.join());
        }
    }

    @AfterEach
    void end() {
        client.close();
        node.close();
    }

    private ConsumerBuilder<byte[], byte[]> consumer() {
        return client.consumer("t").resume("c", store);
    }

    private static List<Long> offsets(ConsumerBuilder<byte[], byte[]> builder) throws Exception {
        List<Long> offsets = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = builder.open()) {
            while (consumer.hasNext()) {
                offsets.add(consumer.next().offset());
            }
        }
        return offsets;
    }

    @Test
    void boundedConsumer_readsEachRecordOnce_howeverOftenItIsRun() throws Exception {
        assertThat(offsets(consumer().toOffset(10))).hasSize(10);
        assertThat(offsets(consumer().toOffset(10))).isEmpty();
        assertThat(offsets(consumer().toOffset(10))).isEmpty();
        assertThat(offsets(consumer().toOffset(12))).containsExactly(10L, 11L);
        assertThat(store.load("c", "t")).hasValue(new StoredPosition(12, Optional.of(FIRST)));
    }

    @Test
    void boundedLoopThatEndsInAnException_readsItsLastRecordAgain() throws Exception {
        assertThatThrownBy(() -> {
                    try (Consumer<byte[], byte[]> consumer =
                            consumer().toOffset(10).open()) {
                        for (Received<byte[], byte[]> record : consumer) {
                            if (record.offset() == 9) {
                                throw new IllegalStateException("not processed");
                            }
                        }
                    }
                })
                .hasMessage("not processed");
        assertThat(offsets(consumer().toOffset(10))).containsExactly(9L);
    }

    @Test
    void topicCreatedAgain_failsTyped_orIsReadFromItsStart() throws Exception {
        assertThat(offsets(consumer().toOffset(5))).hasSize(5);
        node.topicId = SECOND.toString();
        try (Consumer<byte[], byte[]> consumer = consumer().open()) {
            assertThatThrownBy(consumer::next)
                    .isInstanceOf(LignumException.TopicRecreated.class)
                    .hasMessageContaining(FIRST.toString())
                    .hasMessageContaining(SECOND.toString());
        }
        assertThat(store.load("c", "t")).hasValue(new StoredPosition(5, Optional.of(FIRST)));
        assertThat(offsets(consumer().whenRecreated(WhenRecreated.START_OVER).toOffset(3)))
                .containsExactly(0L, 1L, 2L);
        assertThat(store.load("c", "t")).hasValue(new StoredPosition(3, Optional.of(SECOND)));
        List<Long> handled = new ArrayList<>();
        consumer()
                .toOffset(6)
                .handle(record -> handled.add(record.offset()))
                .ended()
                .get();
        assertThat(handled).containsExactly(3L, 4L, 5L);
    }

    @Test
    void topicCreatedAgainWhileItIsRead_isNoticedAtTheNextConnection() throws Exception {
        node.onSubscribe = (count, request, out) -> {
            node.serve(request, out, count == 0 ? 4 : Long.MAX_VALUE);
            if (count == 0) {
                node.topicId = SECOND.toString();
                out.onError(Status.UNAVAILABLE.asRuntimeException());
            }
        };
        List<Long> read = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer =
                consumer().whenRecreated(WhenRecreated.START_OVER).open()) {
            boolean again = false;
            while (!again || read.size() < 6) {
                long offset = consumer.next().offset();
                again |= !read.isEmpty() && offset == 0;
                if (offset == 0) {
                    read.clear();
                }
                read.add(offset);
            }
            assertThat(read).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
            consumer.savePosition();
        }
        assertThat(store.load("c", "t")).hasValue(new StoredPosition(6, Optional.of(SECOND)));
        int before = node.subscribed.get();
        node.onSubscribe = (count, request, out) -> {
            node.serve(request, out, count == before ? 8 : Long.MAX_VALUE);
            node.topicId = FIRST.toString();
            if (count == before) {
                out.onError(Status.UNAVAILABLE.asRuntimeException());
            }
        };
        try (Consumer<byte[], byte[]> consumer = consumer().open()) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 20; i++) {
                            consumer.next();
                        }
                    })
                    .isInstanceOf(LignumException.TopicRecreated.class);
        }
    }

    @Test
    void positionWithoutAnId_isResumed_andGetsOne() throws Exception {
        store.save("c", "t", new StoredPosition(7, Optional.empty()));
        assertThat(offsets(consumer().toOffset(9))).containsExactly(7L, 8L);
        assertThat(store.load("c", "t")).hasValue(new StoredPosition(9, Optional.of(FIRST)));
        node.topicId = "";
        assertThat(offsets(consumer().toOffset(10))).containsExactly(9L);
        assertThat(store.load("c", "t")).hasValue(new StoredPosition(10, Optional.of(FIRST)));
    }
}
