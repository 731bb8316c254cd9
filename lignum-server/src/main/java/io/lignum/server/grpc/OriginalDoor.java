package io.lignum.server.grpc;

import io.grpc.stub.StreamObserver;
import io.lignum.api.EchoMessage;
import io.lignum.api.LignumGrpc;
import io.lignum.api.ListTopicRequest;
import io.lignum.api.ListTopicResponse;
import io.lignum.api.Message;
import io.lignum.api.Messages;
import io.lignum.api.Ok;
import io.lignum.api.PingRequest;
import io.lignum.api.PingResponse;
import io.lignum.api.Query;
import io.lignum.api.Topic;
import io.lignum.record.LogRecord;
import io.lignum.server.service.LogService;
import io.lignum.server.service.Page;
import io.lignum.server.service.ReadQuery;
import io.lignum.server.service.ServiceException;

/** The original service, for clients that know nothing newer. */
final class OriginalDoor extends LignumGrpc.LignumImplBase {

    private final LogService service;
    private final Calls calls;

    OriginalDoor(LogService service, DoorThreads threads) {
        this.service = service;
        this.calls = new Calls(threads, WireErrors::ofOriginal);
    }

    @Override
    public void echo(EchoMessage request, StreamObserver<EchoMessage> out) {
        calls.now(out, () -> request);
    }

    @Override
    public void ping(PingRequest request, StreamObserver<PingResponse> out) {
        calls.now(out, () -> PingResponse.newBuilder().setMessage("pong").build());
    }

    @Override
    public void send(Message request, StreamObserver<Ok> out) {
        LogRecord record;
        try {
            record = WireMessages.toRecord(request);
        } catch (ServiceException invalid) {
            out.onError(WireErrors.ofOriginal(invalid));
            return;
        }
        calls.later(
                out,
                service.produce(request.getTopic(), record),
                appended -> Ok.newBuilder().setOffset(appended.firstOffset()).build());
    }

    @Override
    public void read(Query request, StreamObserver<Messages> out) {
        calls.largeOnFiles(out, Calls.lease(out), () -> {
            Page page = service.read(
                    ReadQuery.range(request.getTopic(), request.getFrom(), request.getTo()));
            Messages.Builder messages = Messages.newBuilder()
                    .setTopic(request.getTopic())
                    .setNext(page.next())
                    .setLogStart(page.logStart())
                    .setLogEnd(page.readableEnd());
            page.records().forEach(record -> messages.addMessage(WireMessages.fromRecord(record)));
            return messages.build();
        });
    }

    @Override
    public void createTopic(Topic request, StreamObserver<Ok> out) {
        calls.onFiles(out, () -> {
            service.createTopic(request.getName(), WireTopics.patch(request));
            return Ok.getDefaultInstance();
        });
    }

    @Override
    public void listTopic(ListTopicRequest request, StreamObserver<ListTopicResponse> out) {
        calls.largeOnFiles(out, Calls.lease(out), () -> {
            ListTopicResponse.Builder topics = ListTopicResponse.newBuilder();
            service.listTopics().forEach(info -> topics.addTopic(WireTopics.topic(info)));
            return topics.build();
        });
    }
}
