package io.lignum.server.access;

import com.google.protobuf.ByteString;

import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.lignum.api.AlterTopicRequest;
import io.lignum.api.AppendRequest;
import io.lignum.api.Batch;
import io.lignum.api.ChangePasswordRequest;
import io.lignum.api.CheckAccessRequest;
import io.lignum.api.CreateTokenRequest;
import io.lignum.api.CreateTopicRequest;
import io.lignum.api.CreateUserRequest;
import io.lignum.api.DeleteTopicRequest;
import io.lignum.api.DescribeTopicRequest;
import io.lignum.api.FetchRequest;
import io.lignum.api.FindOffsetRequest;
import io.lignum.api.Message;
import io.lignum.api.MessageList;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.api.Query;
import io.lignum.api.SecurityGrant;
import io.lignum.api.SubscribeRequest;
import io.lignum.api.Topic;
import io.lignum.server.LignumNode;
import io.lignum.server.grpc.RawCalls;
import io.lignum.server.http.HttpAccessTable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the calls of the {@link AuthorizationTable} over real sockets. */
final class TableCalls implements AutoCloseable {

    /** The topic that the calls are about. */
    static final String TOPIC = "table";

    private static final long STREAM_MILLIS = 300;
    private static final byte[] NOTHING = new byte[0];

    private final LignumNode node;
    private final ManagedChannel channel;
    private final Map<String, byte[]> requests = requests();

    TableCalls(LignumNode node) {
        this.node = node;
        this.channel = NettyChannelBuilder.forAddress("127.0.0.1", node.grpcPort())
                .usePlaintext()
                .build();
    }

    private static Map<String, byte[]> requests() {
        Topic topic = Topic.newBuilder().setName(TOPIC).build();
        AppendRequest append = AppendRequest.newBuilder()
                .setTopic(TOPIC)
                .setBatch(Batch.newBuilder()
                        .setMessages(MessageList.newBuilder()
                                .addMessage(Message.newBuilder()
                                        .setData(ByteString.copyFrom(new byte[] {1})))))
                .build();
        SecurityGrant grant = SecurityGrant.newBuilder()
                .setPrincipal("cert:someone")
                .setWhat("viewer")
                .build();
        Map<String, byte[]> requests = new HashMap<>();
        String original = "proto.Lignum/";
        requests.put(
                original + "Send", Message.newBuilder().setTopic(TOPIC).build().toByteArray());
        requests.put(
                original + "Read",
                Query.newBuilder().setTopic(TOPIC).setTo(1).build().toByteArray());
        requests.put(original + "CreateTopic", topic.toByteArray());
        String log = "lignum.v1.LignumLog/";
        requests.put(log + "Append", append.toByteArray());
        requests.put(
                log + "Produce",
                ProduceRequest.newBuilder().setAppend(append).build().toByteArray());
        requests.put(
                log + "Fetch", FetchRequest.newBuilder().setTopic(TOPIC).build().toByteArray());
        requests.put(
                log + "Subscribe",
                SubscribeRequest.newBuilder().setTopic(TOPIC).build().toByteArray());
        requests.put(
                log + "FindOffset",
                FindOffsetRequest.newBuilder().setTopic(TOPIC).build().toByteArray());
        requests.put(
                log + "CreateTopic",
                CreateTopicRequest.newBuilder().setTopic(topic).build().toByteArray());
        requests.put(
                log + "DescribeTopic",
                DescribeTopicRequest.newBuilder().setTopic(TOPIC).build().toByteArray());
        requests.put(
                log + "AlterTopic",
                AlterTopicRequest.newBuilder().setTopic(TOPIC).build().toByteArray());
        requests.put(
                log + "DeleteTopic",
                DeleteTopicRequest.newBuilder().setTopic(TOPIC).build().toByteArray());
        String security = "lignum.v1.LignumSecurity/";
        requests.put(
                security + "CreateUser",
                CreateUserRequest.newBuilder().setName("another").build().toByteArray());
        requests.put(
                security + "ChangePassword",
                ChangePasswordRequest.newBuilder().setName("another").build().toByteArray());
        requests.put(
                security + "CreateToken",
                CreateTokenRequest.newBuilder().setOwner("another").build().toByteArray());
        for (String method : List.of("AddGrant", "RemoveGrant")) {
            requests.put(
                    security + method,
                    io.lignum.api.AddGrantRequest.newBuilder()
                            .setGrant(grant)
                            .build()
                            .toByteArray());
        }
        requests.put(
                security + "CheckAccess",
                CheckAccessRequest.newBuilder()
                        .setPrincipal("user:another")
                        .setAction("read")
                        .setResource("topic:a")
                        .build()
                        .toByteArray());
        return requests;
    }

    /** Returns "ok", or the HTTP status with which the call was refused, also for gRPC. */
    String make(String call, String authorization) {
        return call.contains(" /") ? http(call, authorization) : grpc(call, authorization);
    }

    private String http(String call, String authorization) {
        String header = authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n";
        String request = HttpAccessTable.request(call, header);
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), node.httpPort()),
                    10_000);
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            byte[] start = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            String line = new String(start, StandardCharsets.UTF_8);
            return status(line.substring(line.length() - 3));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String status(String http) {
        return switch (http) {
            case "401", "403" -> http;
            case "500", "502" -> throw new AssertionError("the node failed: " + http);
            default -> "ok";
        };
    }

    private String grpc(String call, String authorization) {
        MethodDescriptor<?, ?> method = io.lignum.api.LignumLogGrpc.getProduceMethod().toBuilder()
                .setFullMethodName(call)
                .build();
        RawCalls.Result result = RawCalls.exchange(
                channel,
                method,
                authorization,
                call.endsWith("/Watch") || call.endsWith("/Subscribe") ? STREAM_MILLIS : 30_000,
                requests.getOrDefault(call, NOTHING));
        if (call.endsWith("/Produce") && !result.responses().isEmpty()) {
            return produced(result.responses().get(0));
        }
        return status(result.status());
    }

    private static String status(Status status) {
        return switch (status.getCode()) {
            case UNAUTHENTICATED -> "401";
            case PERMISSION_DENIED -> "403";
            case INTERNAL, UNKNOWN, UNAVAILABLE, UNIMPLEMENTED ->
                throw new AssertionError("the node failed: " + status);
            default -> "ok";
        };
    }

    /** The answer to a request within a stream. */
    private static String produced(byte[] bytes) {
        ProduceResponse response;
        try {
            response = ProduceResponse.parseFrom(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return response.hasError()
                ? status(Status.fromCodeValue(response.getError().getStatus()))
                : "ok";
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
