package io.lignum.server.cluster;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.lignum.api.ErrorDetail;
import io.lignum.api.FetchRequest;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.LignumLogGrpc.LignumLogBlockingStub;
import io.lignum.api.ReadFormat;
import io.lignum.api.SubscribeRequest;
import io.lignum.client.Consumer;
import io.lignum.client.LignumClient;
import io.lignum.client.LignumException;
import io.lignum.client.Subscription;
import io.lignum.server.CommandRun;
import io.lignum.server.LignumNode;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Every way to wait for the second message of topic t at a node. */
enum WaitingReader {
    HTTP_LONG_POLL,
    HTTP_LONG_POLL_OF_THE_ORIGINAL,
    HTTP_UNTIL_COMMITTED,
    SERVER_SENT_EVENTS,
    SERVER_SENT_EVENTS_ONCE_COMMITTED,
    GRPC_FETCH,
    GRPC_FETCH_OF_BATCHES,
    GRPC_FETCH_ONCE_COMMITTED,
    GRPC_SUBSCRIBE,
    GRPC_SUBSCRIBE_TO_BATCHES,
    CONSUMER,
    HANDLER,
    COMMAND_LINE;

    static final String UNKNOWN_TOPIC = "UNKNOWN_TOPIC";

    private static final Metadata.Key<ErrorDetail> DETAILS =
            ProtoUtils.keyForProto(ErrorDetail.getDefaultInstance());

    private static final Pattern CODE = Pattern.compile("\"code\":\"(\\w+)\"");

    /** The code of the error that it ends with, later. */
    CompletableFuture<String> start(LignumNode node) {
        CompletableFuture<String> end = new CompletableFuture<>();
        Executor own = task -> {
            Thread thread = new Thread(task, "waiting-" + this);
            thread.setDaemon(true);
            thread.start();
        };
        own.execute(() -> {
            try {
                end.complete(read(node));
            } catch (Exception e) {
                end.completeExceptionally(e);
            }
        });
        return end;
    }

    private String read(LignumNode node) throws Exception {
        return switch (this) {
            case HTTP_LONG_POLL -> http(node, "/api/messages?topic=t&from=1&waitMs=30000");
            case HTTP_LONG_POLL_OF_THE_ORIGINAL ->
                http(node, "/api/message?topic=t&from=1&to=9&waitMs=30000");
            case HTTP_UNTIL_COMMITTED -> http(node, "/api/messages?topic=t&from=0&min_hw=2");
            case SERVER_SENT_EVENTS -> http(node, "/api/topics/t/events?from=1");
            case SERVER_SENT_EVENTS_ONCE_COMMITTED ->
                http(node, "/api/topics/t/events?from=0&min_hw=2");
            case GRPC_FETCH -> grpc(node, stub -> stub.fetch(fetch().build()));
            case GRPC_FETCH_OF_BATCHES ->
                grpc(
                        node,
                        stub -> stub.fetch(
                                fetch().setFormat(ReadFormat.RAW_BATCHES).build()));
            case GRPC_FETCH_ONCE_COMMITTED ->
                grpc(node, stub -> stub.fetch(fetch().setOffset(0).setMinHw(2).build()));
            case GRPC_SUBSCRIBE -> subscribe(node, ReadFormat.MESSAGES);
            case GRPC_SUBSCRIBE_TO_BATCHES -> subscribe(node, ReadFormat.RAW_BATCHES);
            case CONSUMER -> consume(node);
            case HANDLER -> handle(node);
            case COMMAND_LINE -> tail(node);
        };
    }

    private static String http(LignumNode node, String path) {
        String body = TestCluster.get(node, path).body();
        Matcher code = CODE.matcher(body);
        return code.find() ? code.group(1) : "no error: " + body;
    }

    private static FetchRequest.Builder fetch() {
        return FetchRequest.newBuilder().setTopic("t").setOffset(1).setMaxWaitMs(30_000);
    }

    private static String subscribe(LignumNode node, ReadFormat format) throws Exception {
        return grpc(node, stub -> {
            var answers = stub.subscribe(SubscribeRequest.newBuilder()
                    .setTopic("t")
                    .setOffset(1)
                    .setFormat(format)
                    .build());
            while (true) {
                answers.next();
            }
        });
    }

    private static String grpc(LignumNode node, Function<LignumLogBlockingStub, Object> call)
            throws Exception {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", node.grpcPort())
                .usePlaintext()
                .build();
        try {
            return "no error: " + call.apply(LignumLogGrpc.newBlockingStub(channel));
        } catch (StatusRuntimeException e) {
            Metadata trailers = e.getTrailers();
            ErrorDetail detail = trailers == null ? null : trailers.get(DETAILS);
            return e.getStatus().getCode() == Status.Code.NOT_FOUND && detail != null
                    ? detail.getCode()
                    : e.toString();
        } finally {
            channel.shutdownNow();
        }
    }

    private static String consume(LignumNode node) throws Exception {
        try (LignumClient client = LignumClient.connect("127.0.0.1:" + node.grpcPort());
                Consumer<byte[], byte[]> consumer =
                        client.consumer("t").fromOffset(1).open()) {
            return "no error: " + consumer.next();
        } catch (LignumException.UnknownTopic e) {
            return e.code();
        }
    }

    private static String handle(LignumNode node) throws Exception {
        try (LignumClient client = LignumClient.connect("127.0.0.1:" + node.grpcPort());
                Subscription subscription =
                        client.consumer("t").fromOffset(1).handle(record -> {})) {
            subscription.ended().get();
            return "no error";
        } catch (ExecutionException e) {
            return e.getCause() instanceof LignumException.UnknownTopic unknown
                    ? unknown.code()
                    : e.toString();
        }
    }

    private static String tail(LignumNode node) {
        CommandRun run = CommandRun.of(
                "tail", "--follow", "--from", "1", "--server", "127.0.0.1:" + node.grpcPort(), "t");
        boolean said = run.code() == 1 && run.err().contains("lignum topic ls");
        return said ? UNKNOWN_TOPIC : run.code() + ": " + run.err();
    }
}
