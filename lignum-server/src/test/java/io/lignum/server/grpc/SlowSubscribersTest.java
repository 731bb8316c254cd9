package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.lignum.api.Fetched;
import io.lignum.api.ReadFormat;
import io.lignum.api.SubscribeRequest;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;

/** Alone, because it measures the memory of the whole process. */
@Isolated
class SlowSubscribersTest {

    private static final int CLIENTS = 20;
    private static final int MESSAGES = 400;
    private static final int MESSAGE_BYTES = 100_000;

    @TempDir
    private Path directory;

    /**
     * Each of them has forty megabytes to get and takes none: the node holds next to nothing of it.
     */
    @ParameterizedTest
    @EnumSource(names = {"MESSAGES", "RAW_BATCHES"})
    void clientsThatDoNotRead_costLittleMemoryAndDelayNoOther(ReadFormat format) throws Exception {
        try (GrpcNode node = GrpcNode.start(directory)) {
            String text = "x".repeat(MESSAGE_BYTES);
            for (int i = 0; i < MESSAGES; i++) {
                node.service
                        .ownSession()
                        .produce("t", LogRecord.of(text), NotLeaderPolicy.FORWARD)
                        .join();
            }
            long before = usedMemory();
            for (int i = 0; i < CLIENTS; i++) {
                node.logAsync().subscribe(request(format).build(), new Idle());
            }
            await().until(() -> node.service.admission().openStreams() == CLIENTS);

            CollectedAnswers<Fetched> answers = new CollectedAnswers<>();
            node.logAsync().subscribe(request(format).setTo(MESSAGES).build(), answers);

            assertThat(answers.end()).isEqualTo(Status.OK);
            assertThat(answers.values().stream()
                            .mapToInt(a -> a.getSerializedSize())
                            .sum())
                    .isGreaterThan(MESSAGES * MESSAGE_BYTES);
            // The one that reads holds all that it has got.
            long grown = usedMemory() - before - (long) MESSAGES * MESSAGE_BYTES;
            // A window of the transport at each end, an answer on its way, the reader's buffer.
            assertThat(grown).isLessThan(CLIENTS * 4L * 1024 * 1024);
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().startsWith("lignum-grpc"))
                    .hasSizeLessThan(64);
        }
    }

    private static SubscribeRequest.Builder request(ReadFormat format) {
        return SubscribeRequest.newBuilder().setTopic("t").setBeginning(true).setFormat(format);
    }

    private static long usedMemory() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** Opens the stream and asks for nothing. */
    private static final class Idle implements ClientResponseObserver<SubscribeRequest, Fetched> {
        @Override
        public void beforeStart(ClientCallStreamObserver<SubscribeRequest> call) {
            call.disableAutoRequestWithInitial(0);
        }

        @Override
        public void onNext(Fetched answer) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }
}
