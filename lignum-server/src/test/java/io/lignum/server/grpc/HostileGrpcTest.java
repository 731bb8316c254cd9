package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;

import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.lignum.api.AlterTopicRequest;
import io.lignum.api.AppendRequest;
import io.lignum.api.CreateTopicRequest;
import io.lignum.api.DeleteTopicRequest;
import io.lignum.api.DescribeTopicRequest;
import io.lignum.api.EchoMessage;
import io.lignum.api.FetchRequest;
import io.lignum.api.FindOffsetRequest;
import io.lignum.api.LignumClusterGrpc;
import io.lignum.api.LignumGrpc;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.ListNodesRequest;
import io.lignum.api.ListTopicsRequest;
import io.lignum.api.Message;
import io.lignum.api.ProduceRequest;
import io.lignum.api.Producer;
import io.lignum.api.Query;
import io.lignum.api.ReadDivergentRequest;
import io.lignum.api.ReadFormat;
import io.lignum.api.SubscribeRequest;
import io.lignum.api.Topic;
import io.lignum.api.TopicSettings;
import io.lignum.api.TransferLeaderRequest;
import io.lignum.record.Compression;
import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatchBuilder;
import io.lignum.record.fuzz.Mutator;
import io.lignum.record.fuzz.Rounds;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Requests that were sound before some of their bytes were changed: each call answers with a
 * typed error, or does what they say now.
 */
@Isolated // it looks at the heap of the whole process
final class HostileGrpcTest {

    private static final int ROUNDS = 800;
    private static final int BATCH_ROUNDS = 400;
    private static final long STREAM_MILLIS = 20;
    private static final long HEAP_BOUND_BYTES = 64L << 20;

    /**
     * What bad input may be answered with; not INTERNAL, UNKNOWN, or an answer that never comes.
     */
    private static final Set<Status.Code> FAIR = Set.of(
            Status.Code.OK,
            Status.Code.INVALID_ARGUMENT,
            Status.Code.NOT_FOUND,
            Status.Code.ALREADY_EXISTS,
            Status.Code.FAILED_PRECONDITION,
            Status.Code.OUT_OF_RANGE,
            Status.Code.ABORTED,
            Status.Code.UNIMPLEMENTED,
            Status.Code.RESOURCE_EXHAUSTED);

    private record Call(MethodDescriptor<?, ?> method, MessageLite request) {}

    @TempDir
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private GrpcNode node;

    @SuppressWarnings("NullAway.Init")
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        node = GrpcNode.start(
                directory.resolve("data"),
                Map.of("limits.max-topics", "60", "limits.max-wait-in-ms", "20"));
        channel = node.channel();
        node.log().append(Batches.messages("kept", "first", "second"));
    }

    @AfterEach
    void close() {
        node.close();
    }

    /**
     * One of each kind, about topics of their own; what is changed in them hardly makes the name of
     * another.
     */
    private static List<Call> calls() {
        ByteBuffer batch = RecordBatchBuilder.build(
                List.of(LogRecord.of("one"), LogRecord.of("two")), Compression.NONE, 1);
        AppendRequest numbered = Batches.raw("hostile", batch).toBuilder()
                .setProducer(Producer.newBuilder().setId(7).setSequence(3))
                .setExpectedEndOffset(2)
                .build();
        Message message = Message.newBuilder()
                .setTopic("hostile")
                .setData(ByteString.copyFromUtf8("x"))
                .setTimestamp(5)
                .build();
        TopicSettings settings = TopicSettings.newBuilder()
                .setDurability(TopicSettings.Durability.INTERVAL)
                .setSegmentMaxRecords(100)
                .setRetentionBytes(1_000_000)
                .build();
        Topic topic = Topic.newBuilder().setName("made").setSettings(settings).build();
        return List.of(
                new Call(
                        LignumGrpc.getEchoMethod(),
                        EchoMessage.newBuilder().setMessage("x").build()),
                new Call(LignumGrpc.getSendMethod(), message),
                new Call(
                        LignumGrpc.getReadMethod(),
                        Query.newBuilder()
                                .setTopic("hostile")
                                .setTo(9)
                                .setMinHw(1)
                                .build()),
                new Call(LignumGrpc.getCreateTopicMethod(), topic),
                new Call(LignumLogGrpc.getAppendMethod(), Batches.messages("hostile", "a", "b")),
                new Call(LignumLogGrpc.getAppendMethod(), Batches.raw("hostile", batch)),
                new Call(LignumLogGrpc.getAppendMethod(), numbered),
                new Call(LignumLogGrpc.getProduceMethod(), Batches.numbered(4, numbered)),
                new Call(
                        LignumLogGrpc.getFetchMethod(),
                        FetchRequest.newBuilder()
                                .setTopic("hostile")
                                .setOffset(1)
                                .setTo(4)
                                .setMaxMessages(3)
                                .setMaxBytes(500)
                                .setMaxWaitMs(5)
                                .setFormat(ReadFormat.RAW_BATCHES)
                                .setMinHw(1)
                                .setLastEpoch(1)
                                .build()),
                new Call(
                        LignumLogGrpc.getSubscribeMethod(),
                        SubscribeRequest.newBuilder()
                                .setTopic("hostile")
                                .setOffset(1)
                                .setTo(2)
                                .setMaxBytes(1_000)
                                .setMinHw(1)
                                .build()),
                new Call(
                        LignumLogGrpc.getFindOffsetMethod(),
                        FindOffsetRequest.newBuilder()
                                .setTopic("hostile")
                                .setTimestamp(8)
                                .build()),
                new Call(
                        LignumLogGrpc.getCreateTopicMethod(),
                        CreateTopicRequest.newBuilder().setTopic(topic).build()),
                new Call(
                        LignumLogGrpc.getDescribeTopicMethod(),
                        DescribeTopicRequest.newBuilder().setTopic("hostile").build()),
                new Call(
                        LignumLogGrpc.getAlterTopicMethod(),
                        AlterTopicRequest.newBuilder()
                                .setTopic("made")
                                .setQuorumCount(1)
                                .setSettings(settings)
                                .build()),
                new Call(
                        LignumLogGrpc.getDeleteTopicMethod(),
                        DeleteTopicRequest.newBuilder().setTopic("made").build()),
                new Call(
                        LignumLogGrpc.getListTopicsMethod(),
                        ListTopicsRequest.newBuilder()
                                .setPageSize(2)
                                .setAfter("a")
                                .build()),
                new Call(
                        LignumClusterGrpc.getListNodesMethod(),
                        ListNodesRequest.getDefaultInstance()),
                new Call(
                        LignumClusterGrpc.getTransferLeaderMethod(),
                        TransferLeaderRequest.newBuilder().build()),
                new Call(
                        LignumClusterGrpc.getReadDivergentMethod(),
                        ReadDivergentRequest.newBuilder().build()));
    }

    private Status send(Call call, byte[]... bytes) {
        return call.method().getType().serverSendsOneMessage()
                ? RawCalls.call(channel, call.method(), bytes)
                : RawCalls.call(channel, call.method(), STREAM_MILLIS, bytes);
    }

    /**
     * A request for data that is not committed yet waits, and finally gets an error that says so.
     */
    private static boolean isFair(Status status) {
        return FAIR.contains(status.getCode())
                || (status.getCode() == Status.Code.UNAVAILABLE
                        && String.valueOf(status.getDescription()).contains("and not yet up to"));
    }

    @Test
    void hostileRequest_isAnsweredWithATypedError_orDoesWhatItSays() throws Exception {
        List<Call> calls = calls();
        for (Call call : calls) {
            assertThat(FAIR).contains(send(call, call.request().toByteArray()).getCode());
        }
        long before = usedHeap();
        int[] refused = new int[1];
        Rounds.run("gRPC requests", ROUNDS, seed -> {
            Mutator mutator = new Mutator(seed);
            Call call = calls.get((int) (seed % calls.size()));
            Call other = calls.get(mutator.random().nextInt(calls.size()));
            byte[] hostile =
                    mutator.mutate(call.request().toByteArray(), other.request().toByteArray());
            Status status = send(call, hostile);
            assertThat(isFair(status))
                    .as("%s: %s", call.method().getFullMethodName(), status)
                    .isTrue();
            refused[0] += status.isOk() ? 0 : 1;
        });
        assertThat(refused[0]).isPositive();
        assertAllIsWell(before);
    }

    /**
     * In requests that are sound themselves: what is taken is a whole batch, and what is not is
     * refused whole.
     */
    @Test
    void hostileBatch_isRefused_orReadsBackWhole() throws Exception {
        List<ByteBuffer> batches = Stream.of(Compression.NONE, Compression.LZ4)
                .map(compression -> RecordBatchBuilder.build(
                        List.of(LogRecord.of("a".repeat(300)), LogRecord.of("b")), compression, 1))
                .toList();
        Topic quick = Topic.newBuilder()
                .setName("batches")
                .setSettings(TopicSettings.newBuilder().setDurability(TopicSettings.Durability.OS))
                .build();
        var unused = node.log()
                .createTopic(CreateTopicRequest.newBuilder().setTopic(quick).build());
        long before = usedHeap();
        Rounds.run("batches in gRPC requests", BATCH_ROUNDS, seed -> {
            Mutator mutator = new Mutator(seed);
            byte[] hostile =
                    mutator.mutate(bytes(batches.get((int) (seed % 2))), bytes(batches.get((int)
                            ((seed + 1) % 2))));
            AppendRequest append = Batches.raw("batches", ByteBuffer.wrap(hostile));
            boolean streamed = mutator.random().nextInt(4) == 0;
            ProduceRequest numbered = Batches.numbered(seed, append);
            Status status = streamed
                    ? RawCalls.call(
                            channel,
                            LignumLogGrpc.getProduceMethod(),
                            numbered.toByteArray(),
                            Batches.numbered(seed + 1, Batches.messages("batches", "sound"))
                                    .toByteArray())
                    : RawCalls.call(channel, LignumLogGrpc.getAppendMethod(), append.toByteArray());
            assertThat(status.getCode()).as("%s", status).isIn(FAIR);
        });
        node.log().append(Batches.messages("batches", "the last one"));
        List<String> texts = Batches.texts(node.log()
                .fetch(FetchRequest.newBuilder().setTopic("batches").build())
                .getMessageList());
        assertThat(texts)
                .contains("sound")
                .isSubsetOf("a".repeat(300), "b", "sound", "the last one");
        assertAllIsWell(before);
    }

    private static byte[] bytes(ByteBuffer batch) {
        byte[] bytes = new byte[batch.remaining()];
        batch.duplicate().get(bytes);
        return bytes;
    }

    private void assertAllIsWell(long heapBefore) throws Exception {
        assertThat(Batches.texts(node.log()
                        .fetch(FetchRequest.newBuilder().setTopic("kept").build())
                        .getMessageList()))
                .containsExactly("first", "second");
        assertThat(node.log().append(Batches.messages("kept", "third")).getFirstOffset())
                .isEqualTo(2);
        assertThat(usedHeap()).isLessThan(heapBefore + HEAP_BOUND_BYTES);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(directory.resolve("data"));
        }
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
