package io.lignum.server.chaos;

import com.google.protobuf.ByteString;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.lignum.api.AppendRequest;
import io.lignum.api.Batch;
import io.lignum.api.FetchRequest;
import io.lignum.api.LignumGrpc;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.ListTopicRequest;
import io.lignum.api.Message;
import io.lignum.api.MessageList;
import io.lignum.api.Query;
import io.lignum.api.ReadFormat;
import io.lignum.api.SubscribeRequest;
import io.lignum.server.grpc.HalfMessage;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Clients that use every route and call with the largest legal data. */
final class GreedyLoad implements AutoCloseable {

    private static final int MESSAGE_BYTES = 1_000_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final int httpPort;
    private final int grpcPort;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final ManagedChannel channel;
    private final Map<String, Integer> outcomes = new TreeMap<>(); // guarded by itself
    private volatile boolean stop;

    GreedyLoad(int httpPort, int grpcPort) {
        this.httpPort = httpPort;
        this.grpcPort = grpcPort;
        channel = connect();
    }

    private ManagedChannel connect() {
        return NettyChannelBuilder.forAddress("127.0.0.1", grpcPort)
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .build();
    }

    private interface Act {
        /** Acts, and returns the result in a word. */
        String run() throws IOException, InterruptedException;
    }

    /** Writes eight messages whose JSON is six times as long. */
    void fill() throws IOException, InterruptedException {
        byte[] value = new byte[MESSAGE_BYTES];
        Arrays.fill(value, (byte) 1);
        for (int i = 0; i < 8; i++) {
            String outcome = post("/api/topics/big/messages", value);
            if (!outcome.equals("200")) {
                throw new IllegalStateException("filling: " + outcome);
            }
        }
        postSome();
    }

    /** Appends a small batch to the topic of the load, and returns the status. */
    String postSome() throws IOException, InterruptedException {
        return post("/api/messages?topic=in", "[\"some\"]".getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Makes one call of each kind on the connection of the load. StatusRuntimeException: it failed.
     */
    void callsOfLoad() {
        calls(channel);
    }

    /** As {@link #callsOfLoad}, on a new connection. */
    void callsOfNewConnection() {
        ManagedChannel fresh = connect();
        try {
            calls(fresh);
        } finally {
            fresh.shutdownNow();
        }
    }

    private static void calls(ManagedChannel channel) {
        Message message =
                Message.newBuilder().setData(ByteString.copyFromUtf8("some")).build();
        var original = LignumGrpc.newBlockingStub(channel)
                .withDeadlineAfter(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        original.send(message.toBuilder().setTopic("in").build());
        original.read(Query.newBuilder().setTopic("in").setTo(1).build());
        original.listTopic(ListTopicRequest.getDefaultInstance());
        var log = LignumLogGrpc.newBlockingStub(channel)
                .withDeadlineAfter(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        log.append(AppendRequest.newBuilder()
                .setTopic("in")
                .setBatch(Batch.newBuilder()
                        .setMessages(MessageList.newBuilder().addMessage(message)))
                .build());
        log.fetch(FetchRequest.newBuilder().setTopic("big").setMaxMessages(1).build());
    }

    /** Runs some clients of every kind for {@code length}. */
    void run(Duration length) throws InterruptedException {
        String batch = "[" + ("\"" + "x".repeat(1_000) + "\",").repeat(3_900) + "\"\"]";
        byte[] body = batch.getBytes(StandardCharsets.UTF_8);
        List<Thread> threads = new ArrayList<>();
        start(threads, 6, "GET page", () -> get("/api/messages?topic=big&from=0&limit=4"));
        start(threads, 2, "GET base64", () -> get("/api/messages?topic=big&encoding=base64"));
        start(threads, 2, "GET original", () -> get("/api/message?topic=big&from=0&to=9"));
        start(threads, 2, "GET raw", () -> get("/api/topics/big/messages/3"));
        start(threads, 1, "GET topics", () -> get("/api/topics"));
        start(threads, 1, "GET metrics", () -> get("/metrics"));
        start(threads, 8, "POST batch", () -> post("/api/messages?topic=in", body));
        start(threads, 2, "POST raw", () -> post("/api/topics/in/messages", new byte[1 << 20]));
        start(threads, 2, "events", this::events);
        start(threads, 2, "deaf", () -> deaf("/api/messages?topic=big&from=0&limit=4"));
        start(
                threads,
                2,
                "poll and leave",
                () -> deaf("/api/messages?topic=in&from=end&waitMs=30000"));
        start(threads, 4, "Append", this::append);
        start(threads, 2, "Fetch", () -> fetch(ReadFormat.MESSAGES));
        start(threads, 2, "Fetch raw", () -> fetch(ReadFormat.RAW_BATCHES));
        start(threads, 2, "Subscribe", this::subscribe);
        start(threads, 1, "ListTopic", this::list);
        start(threads, 6, "half Append", () -> half("lignum.v1.LignumLog/Append"));
        start(threads, 6, "half Produce", () -> half("lignum.v1.LignumLog/Produce"));
        TimeUnit.MILLISECONDS.sleep(length.toMillis());
        stop = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void start(List<Thread> threads, int count, String name, Act act) {
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(() -> repeat(name, act), "greedy " + name);
            thread.start();
            threads.add(thread);
        }
    }

    private void repeat(String name, Act act) {
        while (!stop) {
            String outcome;
            try {
                outcome = act.run();
            } catch (IOException | StatusRuntimeException e) {
                outcome = e instanceof StatusRuntimeException status
                        ? status.getStatus().getCode().name()
                        : e.getClass().getSimpleName();
            } catch (InterruptedException e) {
                return;
            }
            synchronized (outcomes) {
                outcomes.merge(name + ": " + outcome, 1, Integer::sum);
            }
        }
    }

    /** The number of each result of each act. */
    Map<String, Integer> outcomes() {
        synchronized (outcomes) {
            return new TreeMap<>(outcomes);
        }
    }

    HttpResponse<String> answer(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                .timeout(TIMEOUT);
    }

    private String get(String path) throws IOException, InterruptedException {
        return "" + http.send(request(path).build(), BodyHandlers.discarding()).statusCode();
    }

    private String post(String path, byte[] body) throws IOException, InterruptedException {
        HttpRequest request =
                request(path).POST(BodyPublishers.ofByteArray(body)).build();
        return "" + http.send(request, BodyHandlers.discarding()).statusCode();
    }

    private String events() throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = http.send(
                request("/api/topics/big/events?from=0").build(), BodyHandlers.ofInputStream());
        try (InputStream in = answer.body()) {
            return answer.statusCode() + (in.readNBytes(4 << 20).length > 0 ? "" : " empty");
        }
    }

    /** Sends a request, reads nothing, and disconnects. */
    private String deaf(String path) throws IOException, InterruptedException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), httpPort)) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            TimeUnit.MILLISECONDS.sleep(500);
            return "left";
        }
    }

    private String append() {
        ByteString data = ByteString.copyFrom(new byte[MESSAGE_BYTES]);
        MessageList.Builder messages = MessageList.newBuilder();
        for (int i = 0; i < 3; i++) {
            messages.addMessage(Message.newBuilder().setData(data));
        }
        LignumLogGrpc.newBlockingStub(channel)
                .withDeadlineAfter(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .append(AppendRequest.newBuilder()
                        .setTopic("in")
                        .setBatch(Batch.newBuilder().setMessages(messages))
                        .build());
        return "OK";
    }

    private String fetch(ReadFormat format) {
        LignumLogGrpc.newBlockingStub(channel)
                .withDeadlineAfter(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .fetch(FetchRequest.newBuilder()
                        .setTopic("big")
                        .setFormat(format)
                        .build());
        return "OK";
    }

    private String subscribe() {
        var answers = LignumLogGrpc.newBlockingStub(channel)
                .withDeadlineAfter(1, TimeUnit.SECONDS)
                .subscribe(SubscribeRequest.newBuilder()
                        .setTopic("big")
                        .setOffset(0)
                        .setMaxBytes(4 << 20)
                        .build());
        answers.next();
        answers.next();
        return "OK";
    }

    private String list() {
        LignumGrpc.newBlockingStub(channel)
                .withDeadlineAfter(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .listTopic(ListTopicRequest.getDefaultInstance());
        return "OK";
    }

    private String half(String method) throws IOException {
        try (HalfMessage half = new HalfMessage(grpcPort, method, 4_000_000)) {
            half.awaitEnd();
        }
        return "ended by the server";
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
