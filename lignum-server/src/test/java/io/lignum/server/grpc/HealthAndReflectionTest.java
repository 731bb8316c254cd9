package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

class HealthAndReflectionTest {

    @TempDir
    private Path directory;

    private GrpcNode node;

    @BeforeEach
    void open() throws Exception {
        node = GrpcNode.start(directory);
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void readyNode_isServingAllItsServices() {
        assertThat(health("")).isEqualTo(ServingStatus.SERVING);
        assertThat(health("proto.Lignum")).isEqualTo(ServingStatus.SERVING);
        assertThat(health("lignum.v1.LignumLog")).isEqualTo(ServingStatus.SERVING);
        StatusRuntimeException unknown =
                catchThrowableOfType(StatusRuntimeException.class, () -> health("unknown"));
        assertThat(unknown.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void nodeThatStops_tellsThoseWhoWatch() throws Exception {
        CollectedAnswers<HealthCheckResponse> watch = new CollectedAnswers<>();
        HealthGrpc.newStub(node.channel()).watch(HealthCheckRequest.getDefaultInstance(), watch);
        org.awaitility.Awaitility.await().until(() -> watch.values().size() == 1);

        node.service.stopping();

        org.awaitility.Awaitility.await().until(() -> watch.values().size() == 2);
        assertThat(watch.values())
                .extracting(HealthCheckResponse::getStatus)
                .containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING);
        node.listener.drain(Duration.ofMillis(100));
    }

    @Test
    void reflection_listsTheServices() throws Exception {
        ServerReflectionResponse answer =
                ask(ServerReflectionRequest.newBuilder().setListServices("").build());
        assertThat(answer.getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .contains("proto.Lignum", "lignum.v1.LignumLog", "grpc.health.v1.Health");
    }

    /** As grpcurl does it: ask for the description, build the messages from it, call. */
    @Test
    void clientThatKnowsNothing_canCallByReflection() throws Exception {
        ServerReflectionResponse answer = ask(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("proto.Lignum")
                .build());
        List<ByteString> files = answer.getFileDescriptorResponse().getFileDescriptorProtoList();
        FileDescriptor file = FileDescriptor.buildFrom(
                FileDescriptorProto.parseFrom(files.get(0)), new FileDescriptor[0]);
        Descriptor message = file.findMessageTypeByName("Message");
        Descriptor ok = file.findMessageTypeByName("Ok");
        MethodDescriptor<DynamicMessage, DynamicMessage> send =
                MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName("proto.Lignum/Send")
                        .setRequestMarshaller(
                                ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(message)))
                        .setResponseMarshaller(
                                ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(ok)))
                        .build();

        DynamicMessage answered = ClientCalls.blockingUnaryCall(
                node.channel(),
                send,
                CallOptions.DEFAULT,
                DynamicMessage.newBuilder(message)
                        .setField(message.findFieldByName("topic"), "t")
                        .setField(message.findFieldByName("data"), ByteString.copyFromUtf8("x"))
                        .build());

        assertThat(answered.getField(ok.findFieldByName("offset"))).isEqualTo(0L);
        assertThat(node.service.ownSession().topics().describe("t").messageCount())
                .isEqualTo(1);
    }

    private ServerReflectionResponse ask(ServerReflectionRequest request) throws Exception {
        CollectedAnswers<ServerReflectionResponse> answers = new CollectedAnswers<>();
        StreamObserver<ServerReflectionRequest> call =
                ServerReflectionGrpc.newStub(node.channel()).serverReflectionInfo(answers);
        call.onNext(request);
        call.onCompleted();
        assertThat(answers.end()).isEqualTo(Status.OK);
        return answers.values().get(0);
    }

    private ServingStatus health(String service) {
        return HealthGrpc.newBlockingStub(node.channel())
                .check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus();
    }
}
