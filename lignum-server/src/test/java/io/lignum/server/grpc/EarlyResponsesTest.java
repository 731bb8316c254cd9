package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.lignum.api.AppendRequest;
import io.lignum.api.Batch;
import io.lignum.api.FetchRequest;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.LignumLogGrpc.LignumLogBlockingStub;
import io.lignum.api.Message;
import io.lignum.api.MessageList;
import io.lignum.server.TestNode;
import io.lignum.server.service.LogService;
import io.lignum.server.service.MemoryLease;
import io.lignum.server.service.Permit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Calls that are refused while their requests still arrive, more of them than a connection may have
 * open.
 */
class EarlyResponsesTest {

    /** More than the calls that one connection may have open. */
    private static final int CALLS = 140;

    /** That the node serves at a time. */
    private static final int MAX_CALLS = 16;

    private static final int MAX_REQUEST_BYTES = 1_000_000;

    @TempDir
    Path directory;

    private TestNode node;
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        node = TestNode.start(
                directory,
                "limits.message-max-bytes",
                "900000",
                "limits.batch-max-bytes",
                "" + MAX_REQUEST_BYTES,
                "limits.request-max-bytes",
                "" + MAX_REQUEST_BYTES,
                "limits.max-bytes-in-flight",
                "4000000",
                "limits.max-requests-in-flight",
                "" + MAX_CALLS);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", node.node().grpcPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        node.close();
    }

    @Test
    void callsOverTheLimit_connectionServesOn() {
        LogService service = node.node().service();
        List<Permit> others = new ArrayList<>();
        for (int i = 0; i < MAX_CALLS; i++) {
            others.add(service.admission().request());
        }
        refuse(800_000);
        others.forEach(Permit::close);
        assertServing();
    }

    @Test
    void requestsWithoutMemory_connectionServesOn() {
        try (MemoryLease others = node.node().service().admission().memory()) {
            others.take(3_700_000);
            refuse(800_000);
        }
        assertServing();
    }

    private void refuse(int bytes) {
        AppendRequest large = append(bytes);
        for (int i = 0; i < CALLS; i++) {
            StatusRuntimeException refused =
                    catchThrowableOfType(StatusRuntimeException.class, () -> stub().append(large));
            assertThat(refused.getStatus().getCode())
                    .as("call %s: %s", i, refused)
                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
    }

    private void assertServing() {
        assertThat(stub().append(append(100)).getFirstOffset()).isZero();
        assertThat(stub().fetch(FetchRequest.newBuilder().setTopic("t").build()).getLogEnd())
                .isEqualTo(1);
        LogService service = node.node().service();
        Awaitility.await()
                .until(() -> service.admission().memoryInUse() == 0
                        && service.admission().requestsInFlight() == 0);
    }

    private LignumLogBlockingStub stub() {
        return LignumLogGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    private static AppendRequest append(int bytes) {
        Message message = Message.newBuilder()
                .setData(ByteString.copyFrom(new byte[bytes]))
                .build();
        return AppendRequest.newBuilder()
                .setTopic("t")
                .setBatch(Batch.newBuilder()
                        .setMessages(MessageList.newBuilder().addMessage(message)))
                .build();
    }
}
