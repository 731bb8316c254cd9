package io.lignum.server.faults;

import com.google.protobuf.ByteString;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.lignum.api.AppendRequest;
import io.lignum.api.Batch;
import io.lignum.api.FetchRequest;
import io.lignum.api.LignumGrpc;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.ListTopicsRequest;
import io.lignum.api.Message;
import io.lignum.api.MessageList;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.api.Query;
import io.lignum.api.SubscribeRequest;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One request of each kind. Each returns when it has ended, however that was; an AssertionError: it
 * did not end.
 */
final class Requests implements AutoCloseable {

    private static final int TIMEOUT_SECONDS = 20;

    private final int httpPort;
    private final ManagedChannel channel;

    Requests(NodeProbe node) {
        httpPort = node.httpPort();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", node.grpcPort())
                .usePlaintext()
                .build();
    }

    Map<String, Runnable> all() {
        String message = "{\"topic\":\"t\",\"message\":\"x\"}";
        Map<String, Runnable> all = new LinkedHashMap<>();
        all.put("POST message", () -> http("POST", "/api/message", message, ""));
        all.put("POST batch", () -> http("POST", "/api/messages?topic=t", "[\"a\",\"b\"]", ""));
        all.put("GET messages", () -> http("GET", "/api/messages?topic=t&from=0", "", ""));
        all.put(
                "long poll",
                () -> http("GET", "/api/messages?topic=t&from=99999999&waitMs=30", "", ""));
        all.put("min_hw", () -> http("GET", "/api/messages?topic=t&from=0&min_hw=1", "", ""));
        all.put("events", () -> {
            http("GET", "/api/topics/t/events?from=0", "", "data:");
            // A write finds that the reader has disconnected; twice, because the first may be the
            // one that fails.
            http("POST", "/api/message", message, "");
            http("POST", "/api/message", message, "");
        });
        all.put("PUT topic", () -> http("PUT", "/api/topics/u", "", ""));
        all.put("DELETE topic", () -> http("DELETE", "/api/topics/u", "", ""));
        all.put("topics", () -> http("GET", "/api/topics", "", ""));
        all.put("metrics", () -> http("GET", "/metrics", "", ""));
        all.put("no such route", () -> http("GET", "/nothing", "", ""));
        all.put(
                "Send",
                () -> grpc(() -> original()
                        .send(Message.newBuilder().setTopic("t").setData(text()).build())));
        all.put(
                "Read",
                () -> grpc(() -> original()
                        .read(Query.newBuilder().setTopic("t").setTo(3).build())));
        all.put("Append", () -> grpc(() -> log().append(append())));
        all.put(
                "Fetch",
                () -> grpc(() ->
                        log().fetch(FetchRequest.newBuilder().setTopic("t").build())));
        all.put(
                "Fetch that waits",
                () -> grpc(() -> log().fetch(FetchRequest.newBuilder()
                        .setTopic("t")
                        .setOffset(99_999_999)
                        .setMaxWaitMs(30)
                        .build())));
        all.put(
                "Subscribe",
                () -> grpc(() -> log().subscribe(SubscribeRequest.newBuilder()
                                .setTopic("t")
                                .setTo(2)
                                .build())
                        .forEachRemaining(fetched -> {})));
        all.put(
                "ListTopics",
                () -> grpc(() -> log().listTopics(ListTopicsRequest.getDefaultInstance())));
        all.put("Produce", this::produce);
        return all;
    }

    private static ByteString text() {
        return ByteString.copyFromUtf8("x");
    }

    private static AppendRequest append() {
        return AppendRequest.newBuilder()
                .setTopic("t")
                .setBatch(Batch.newBuilder()
                        .setMessages(MessageList.newBuilder()
                                .addMessage(Message.newBuilder().setData(text()))))
                .build();
    }

    private LignumGrpc.LignumBlockingStub original() {
        return LignumGrpc.newBlockingStub(channel)
                .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private LignumLogGrpc.LignumLogBlockingStub log() {
        return LignumLogGrpc.newBlockingStub(channel)
                .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private static void grpc(Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
                throw new AssertionError("the call did not end", e);
            }
        }
    }

    /** Two batches, and then the client's side is closed. */
    private void produce() {
        CountDownLatch ended = new CountDownLatch(1);
        StreamObserver<ProduceRequest> out = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(LignumLogGrpc.getProduceMethod(), log().getCallOptions()),
                new StreamObserver<ProduceResponse>() {
                    @Override
                    public void onNext(ProduceResponse response) {}

                    @Override
                    public void onError(Throwable cause) {
                        if (Status.fromThrowable(cause).getCode()
                                != Status.Code.DEADLINE_EXCEEDED) {
                            ended.countDown();
                        }
                    }

                    @Override
                    public void onCompleted() {
                        ended.countDown();
                    }
                });
        for (int id = 0; id < 2; id++) {
            out.onNext(ProduceRequest.newBuilder()
                    .setCorrelationId(id)
                    .setAppend(append())
                    .build());
        }
        out.onCompleted();
        try {
            if (!ended.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the stream did not end");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Until the connection ends, or the answer has {@code until}. */
    private void http(String method, String path, String body, String until) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), httpPort)) {
            socket.setSoTimeout(TIMEOUT_SECONDS * 1_000);
            String head = "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s";
            socket.getOutputStream()
                    .write(head.formatted(method, path, body.length(), body)
                            .getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            StringBuilder answer = new StringBuilder();
            for (int next = in.read(); next >= 0; next = in.read()) {
                answer.append((char) next);
                if (!until.isEmpty() && answer.indexOf(until) >= 0) {
                    socket.setSoLinger(true, 0);
                    return;
                }
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError(method + " " + path + " did not end", e);
        } catch (IOException cut) {
            return; // Ended, if not well.
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
