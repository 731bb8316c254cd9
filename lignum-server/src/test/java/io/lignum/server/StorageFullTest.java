package io.lignum.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.lignum.api.ErrorDetail;
import io.lignum.api.LignumGrpc;
import io.lignum.api.Message;
import io.lignum.api.Query;
import io.lignum.client.Codecs;
import io.lignum.client.LignumClient;
import io.lignum.client.LignumException;
import io.lignum.client.Producer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A disk with less free space than the reserve, over both listeners: writes are refused, reads
 * continue.
 */
class StorageFullTest {

    private static final String MORE_THAN_ANY_DISK = Long.toString(1L << 60);
    private static final String SEND = "{\"topic\":\"t\",\"message\":\"again\"}";

    @TempDir
    Path directory;

    @Test
    void belowTheReserve_writesAreRefusedReadsGoOnAndSpaceHelps() throws Exception {
        try (TestNode node = TestNode.start(directory)) {
            assertThat(node.post("/api/message", SEND).statusCode()).isEqualTo(200);
        }
        try (TestNode node =
                TestNode.start(directory, "storage.reserve-bytes", MORE_THAN_ANY_DISK)) {
            HttpResponse<String> refused = node.post("/api/message", SEND);
            assertThat(refused.statusCode()).isEqualTo(507);
            assertThat(refused.body())
                    .contains("STORAGE_FULL", "NOT_APPLIED")
                    .contains("storage.reserve-bytes", MORE_THAN_ANY_DISK);
            assertThat(node.get("/api/message?topic=t&from=0&to=9").body()).contains("again");
            assertThat(node.get("/health/ready").statusCode()).isEqualTo(200);
            HttpResponse<String> writes = node.get("/health/ready?writes=true");
            assertThat(writes.statusCode()).isEqualTo(503);
            assertThat(writes.body()).contains("\"writes\":false", "\"diskFull\":true");
            overGrpc(node.node().grpcPort());
            throughTheClient(node.node().grpcPort());
            onTheCommandLine(node.node().grpcPort());
        }
        try (TestNode node = TestNode.start(directory)) {
            assertThat(node.get("/health/ready?writes=true").statusCode()).isEqualTo(200);
            HttpResponse<String> sent = node.post("/api/message", SEND);
            assertThat(sent.body()).contains("\"offset\":1");
        }
    }

    /** The client retries until its timeout, because the disk may have space again. */
    private static void throughTheClient(int port) {
        try (LignumClient client = LignumClient.connect("127.0.0.1:" + port);
                Producer<byte[], String> producer = client.producer("t")
                        .values(Codecs.utf8())
                        .deliveryTimeout(Duration.ofSeconds(1))
                        .open()) {
            assertThatThrownBy(() -> producer.send("again").join())
                    .cause()
                    .isInstanceOfSatisfying(LignumException.class, error -> {
                        assertThat(error.outcome()).isEqualTo(LignumException.Outcome.NOT_APPLIED);
                        assertThat(error).hasCauseInstanceOf(LignumException.StorageFull.class);
                    });
        }
    }

    private static void onTheCommandLine(int port) {
        CommandRun run = CommandRun.of("topic", "create", "u", "--server", "localhost:" + port);
        assertThat(run.err())
                .contains("storage.reserve-bytes is " + MORE_THAN_ANY_DISK, "free space")
                .doesNotContain("gRPC port");
    }

    private static void overGrpc(int port) {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        try {
            LignumGrpc.LignumBlockingStub lignum = LignumGrpc.newBlockingStub(channel);
            StatusRuntimeException refused = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> lignum.send(Message.newBuilder()
                            .setTopic("t")
                            .setData(ByteString.copyFromUtf8("again"))
                            .build()));
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            ErrorDetail detail = refused.getTrailers()
                    .get(ProtoUtils.keyForProto(ErrorDetail.getDefaultInstance()));
            assertThat(detail.getCode()).isEqualTo("STORAGE_FULL");
            assertThat(detail.getOutcome()).isEqualTo(ErrorDetail.Outcome.NOT_APPLIED);
            assertThat(detail.getLimit()).isEqualTo("storage.reserve-bytes");
            assertThat(detail.getLimitValue()).isEqualTo(1L << 60);
            assertThat(lignum.read(Query.newBuilder().setTopic("t").setTo(1).build())
                            .getMessageCount())
                    .isEqualTo(1);
        } finally {
            channel.shutdownNow();
        }
    }
}
