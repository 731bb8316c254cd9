package io.lignum.server.grpc;

import io.lignum.api.Fetched;
import io.lignum.api.ReadFormat;
import io.lignum.api.SubscribeRequest;
import io.lignum.server.config.Limits;
import io.lignum.server.service.LogService;
import io.lignum.server.service.Session;
import io.lignum.server.service.TopicInfo;

import java.util.UUID;

/**
 * The start of a subscription, checked against the topic. {@link SubscriptionStream} creates it on
 * a file thread.
 */
record SubscriptionStart(
        String topic,
        UUID id,
        long from,
        long to,
        ReadFormat format,
        int maxBytes,
        Fetched answer) {

    private static final int DEFAULT_BYTES = 256 * 1024;

    static SubscriptionStart of(SubscribeRequest request, LogService service, Session session) {
        if (request.getFormat() == ReadFormat.UNRECOGNIZED) {
            throw LogReader.unknownFormat();
        }
        TopicInfo info = session.topics().describe(request.getTopic());
        long from = from(request, session, info);
        Limits limits = service.limits();
        Fetched.Builder answer = Fetched.newBuilder()
                .setNext(from)
                .setLogStart(info.logStart())
                .setLogEnd(info.readableEnd())
                .setTopicId(info.id().toString());
        info.highWatermark().ifPresent(answer::setHighWatermark);
        service.leaderId().ifPresent(answer::setLeader);
        return new SubscriptionStart(
                request.getTopic(),
                info.id(),
                from,
                request.hasTo() ? Fetches.offset(request.getTo()) : Long.MAX_VALUE,
                request.getFormat(),
                request.getMaxBytes() == 0
                        ? Math.min(DEFAULT_BYTES, limits.readMaxBytes())
                        : Fetches.atMost(request.getMaxBytes(), limits.readMaxBytes()),
                answer.build());
    }

    private static long from(SubscribeRequest request, Session session, TopicInfo info) {
        return switch (request.getStartCase()) {
            case OFFSET -> Fetches.offset(request.getOffset());
            case TIMESTAMP ->
                session.offsetAt(request.getTopic(), request.getTimestamp())
                        .orElse(info.readableEnd());
            case BEGINNING -> info.logStart();
            case END, START_NOT_SET -> info.readableEnd();
        };
    }
}
