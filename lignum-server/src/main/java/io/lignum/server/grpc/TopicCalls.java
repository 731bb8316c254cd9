package io.lignum.server.grpc;

import io.grpc.stub.StreamObserver;
import io.lignum.api.AlterTopicRequest;
import io.lignum.api.CreateTopicRequest;
import io.lignum.api.DeleteTopicRequest;
import io.lignum.api.DeleteTopicResponse;
import io.lignum.api.DescribeTopicRequest;
import io.lignum.api.ListTopicsRequest;
import io.lignum.api.ListTopicsResponse;
import io.lignum.api.TopicDescription;
import io.lignum.server.service.Session;
import io.lignum.server.service.TopicInfo;

/**
 * Serves the calls that create, describe, alter, delete and list topics. {@link LogGrpcService}
 * calls it on the pool of calls; the work runs on a file thread.
 */
final class TopicCalls {

    private static final int MAX_PAGE = 1000;

    private final UnaryCalls calls;

    TopicCalls(UnaryCalls calls) {
        this.calls = calls;
    }

    void create(CreateTopicRequest request, StreamObserver<TopicDescription> out) {
        Session session = CallSession.current();
        calls.laterOnFiles(
                out,
                () -> session.topics()
                        .create(request.getTopic().getName(), WireTopics.patch(request.getTopic())),
                WireTopics::description);
    }

    void describe(DescribeTopicRequest request, StreamObserver<TopicDescription> out) {
        Session session = CallSession.current();
        calls.onFiles(
                out, () -> WireTopics.description(session.topics().describe(request.getTopic())));
    }

    void alter(AlterTopicRequest request, StreamObserver<TopicDescription> out) {
        Session session = CallSession.current();
        calls.laterOnFiles(
                out,
                () -> session.topics().alter(request.getTopic(), WireTopics.patch(request)),
                WireTopics::description);
    }

    void delete(DeleteTopicRequest request, StreamObserver<DeleteTopicResponse> out) {
        Session session = CallSession.current();
        calls.laterOnFiles(
                out,
                () -> session.topics().delete(request.getTopic()),
                deleted -> DeleteTopicResponse.getDefaultInstance());
    }

    void list(ListTopicsRequest request, StreamObserver<ListTopicsResponse> out) {
        Session session = CallSession.current();
        calls.onFiles(out, () -> page(session, request));
    }

    private ListTopicsResponse page(Session session, ListTopicsRequest request) {
        int asked = request.getPageSize();
        int size = asked <= 0 || asked > MAX_PAGE ? MAX_PAGE : asked;
        ListTopicsResponse.Builder page = ListTopicsResponse.newBuilder();
        for (TopicInfo info : session.topics().list()) {
            if (info.name().compareTo(request.getAfter()) <= 0) {
                continue;
            }
            if (page.getTopicCount() == size) {
                return page.setMore(true).build();
            }
            page.addTopic(WireTopics.description(info));
        }
        return page.build();
    }
}
