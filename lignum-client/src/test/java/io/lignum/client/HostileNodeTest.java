package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;

import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.lignum.api.Fetched;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.ListTopicsResponse;
import io.lignum.api.ProduceRequest;
import io.lignum.api.Topic;
import io.lignum.record.Compression;
import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatchBuilder;
import io.lignum.record.fuzz.Mutator;
import io.lignum.record.fuzz.Rounds;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A node whose answers were sound before some of their bytes were changed. The client ends with a
 * typed error, or goes on; it never hangs, and what it hands out is what stood in the log.
 */
final class HostileNodeTest {

    private static final int READ_ROUNDS = 60;
    private static final int SEND_ROUNDS = 15;
    private static final int LIST_ROUNDS = 40;
    private static final int BATCHES = 6;
    private static final Duration A_WHILE = Duration.ofMillis(20);
    private static final Duration TIMEOUT = Duration.ofMillis(300);
    private static final long NEVER_SECONDS = 20;

    /** What a node does with the bytes of a request: it sends these, one after the other. */
    private interface Answers {
        List<byte[]> to(byte[] request);
    }

    private final FakeLog log = new FakeLog();
    private volatile Answers answers = request -> List.of();
    private final Server server;
    private final LignumClient client;

    HostileNodeTest() throws IOException {
        server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(ServerServiceDefinition.builder(LignumLogGrpc.SERVICE_NAME)
                        .addMethod(
                                raw(LignumLogGrpc.getSubscribeMethod()),
                                ServerCalls.asyncServerStreamingCall(this::sendAll))
                        .addMethod(
                                raw(LignumLogGrpc.getListTopicsMethod()),
                                ServerCalls.asyncUnaryCall(this::sendAll))
                        .addMethod(
                                raw(LignumLogGrpc.getProduceMethod()),
                                ServerCalls.asyncBidiStreamingCall(this::produce))
                        .build())
                .build()
                .start();
        client = LignumClient.builder()
                .addresses("127.0.0.1:" + server.getPort())
                .requestTimeout(TIMEOUT)
                .build();
    }

    private void sendAll(byte[] request, StreamObserver<byte[]> out) {
        answers.to(request).forEach(out::onNext);
        out.onCompleted();
    }

    private StreamObserver<byte[]> produce(StreamObserver<byte[]> out) {
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] request) {
                answers.to(request).forEach(out::onNext);
            }

            @Override
            public void onError(Throwable cancelled) {
                // The client has given it up.
            }

            @Override
            public void onCompleted() {
                out.onCompleted();
            }
        };
    }

    private static MethodDescriptor<byte[], byte[]> raw(MethodDescriptor<?, ?> method) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(method.getType())
                .setFullMethodName(method.getFullMethodName())
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }

    @BeforeEach
    void fill() {
        for (int i = 0; i < BATCHES; i++) {
            List<LogRecord> records =
                    List.of(LogRecord.of("record " + 2 * i), LogRecord.of("record " + (2 * i + 1)));
            Compression compression = i % 2 == 0 ? Compression.NONE : Compression.LZ4;
            log.append(ProduceRequest.newBuilder()
                    .setAppend(io.lignum.api.AppendRequest.newBuilder()
                            .setBatch(io.lignum.api.Batch.newBuilder()
                                    .setRaw(ByteString.copyFrom(
                                            RecordBatchBuilder.build(records, compression, 1)))))
                    .build());
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        client.close();
        server.shutdownNow();
        assertThat(server.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private List<byte[]> soundAnswers() {
        List<byte[]> sound = new ArrayList<>();
        sound.add(Fetched.newBuilder().setNext(0).setLogEnd(log.end()).build().toByteArray());
        log.read(0, log.end()).forEach(fetched -> sound.add(fetched.toByteArray()));
        return sound;
    }

    private static List<byte[]> hostile(List<byte[]> sound, Mutator mutator) {
        List<byte[]> hostile = new ArrayList<>(sound);
        int one = mutator.random().nextInt(sound.size());
        hostile.set(
                one,
                mutator.mutate(sound.get(one), sound.get(mutator.random().nextInt(sound.size()))));
        return hostile;
    }

    @Test
    void hostileAnswersToAReader_neverBecomeRecords() throws Exception {
        List<byte[]> sound = soundAnswers();
        int[] ended = new int[1];
        Rounds.run("answers to a reader", READ_ROUNDS, seed -> {
            List<byte[]> hostile = hostile(sound, new Mutator(seed));
            answers = request -> hostile;
            try {
                readInOrder();
            } catch (LignumException typed) {
                ended[0]++;
            }
        });
        assertThat(ended[0]).isPositive();
        answers = request -> sound;
        assertThat(readInOrder())
                .isEqualTo(IntStream.range(0, 2 * BATCHES)
                        .mapToObj(i -> "record " + i)
                        .toList());
    }

    /** Until nothing comes for a while. */
    private List<String> readInOrder() throws InterruptedException {
        List<String> all = new ArrayList<>();
        try (Consumer<byte[], String> consumer = client.consumer("t")
                .values(Codecs.utf8())
                .fromBeginning()
                .toOffset(log.end())
                .open()) {
            long last = -1;
            Optional<Received<byte[], String>> next = consumer.poll(TIMEOUT);
            while (next.isPresent()) {
                Received<byte[], String> record = next.get();
                assertThat(record.offset()).isGreaterThan(last);
                assertThat(record.value()).matches("record ([0-9]|10|11)");
                last = record.offset();
                all.add(String.valueOf(record.value()));
                next = consumer.poll(A_WHILE);
            }
        }
        return all;
    }

    @Test
    void hostileAnswersToAProducer_endEachSendInTime() throws Exception {
        Rounds.run("answers to a producer", SEND_ROUNDS, seed -> {
            Mutator mutator = new Mutator(seed);
            answers = request -> List.of(mutator.mutate(answerTo(request)));
            try (Producer<byte[], String> producer = client.producer("t")
                    .values(Codecs.utf8())
                    .deliveryTimeout(TIMEOUT)
                    .open()) {
                List<CompletableFuture<Long>> sent = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    sent.add(producer.send("more " + i));
                }
                for (CompletableFuture<Long> one : sent) {
                    assertEndsWell(one);
                }
            }
        });
        answers = request -> List.of(answerTo(request));
        try (Producer<byte[], String> producer =
                client.producer("t").values(Codecs.utf8()).open()) {
            assertThat(producer.send("the last one").get(NEVER_SECONDS, TimeUnit.SECONDS))
                    .isEqualTo(log.end() - 1);
        }
    }

    private byte[] answerTo(byte[] request) {
        try {
            return log.append(ProduceRequest.parseFrom(request)).toByteArray();
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void hostileListOfTopics_isAList_orATypedError() throws Exception {
        ListTopicsResponse.Builder list = ListTopicsResponse.newBuilder();
        for (String name : List.of("a", "b", "c")) {
            list.addTopic(io.lignum.api.TopicDescription.newBuilder()
                    .setTopic(Topic.newBuilder().setName(name))
                    .setId("00000000-0000-0000-0000-000000000001")
                    .setLogEnd(5));
        }
        byte[] sound = list.build().toByteArray();
        answers = request -> List.of(sound);
        assertThat(client.topics().list().get(NEVER_SECONDS, TimeUnit.SECONDS)).hasSize(3);
        Rounds.run("lists of topics", LIST_ROUNDS, seed -> {
            byte[] hostile = new Mutator(seed).mutate(sound);
            answers = request -> List.of(hostile);
            assertEndsWell(client.topics().list());
        });
    }

    private static void assertEndsWell(CompletableFuture<?> future) {
        assertThatCode(() -> {
                    try {
                        future.get(NEVER_SECONDS, TimeUnit.SECONDS);
                    } catch (ExecutionException failed) {
                        assertThat(failed.getCause()).isInstanceOf(LignumException.class);
                    }
                })
                .doesNotThrowAnyException();
    }
}
