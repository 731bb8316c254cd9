package io.lignum.client.internal;

import io.grpc.MethodDescriptor;
import io.lignum.api.AlterTopicRequest;
import io.lignum.api.CreateTopicRequest;
import io.lignum.api.DeleteTopicRequest;
import io.lignum.api.DescribeTopicRequest;
import io.lignum.api.FindOffsetRequest;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.ListTopicsRequest;
import io.lignum.api.ListTopicsResponse;
import io.lignum.client.TopicDescription;
import io.lignum.client.TopicSpec;
import io.lignum.client.Topics;
import io.lignum.client.internal.errors.Checks;
import io.lignum.client.internal.net.Callbacks;
import io.lignum.client.internal.net.Connection;
import io.lignum.client.internal.net.UnaryCall;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Makes each call of {@link Topics} one {@link UnaryCall}. Any thread. */
final class DefaultTopics implements Topics {

    private final Connection connection;
    private final Callbacks callbacks;

    DefaultTopics(Connection connection, Callbacks callbacks) {
        this.connection = connection;
        this.callbacks = callbacks;
    }

    @Override
    public CompletableFuture<TopicDescription> create(TopicSpec spec) {
        CreateTopicRequest request =
                CreateTopicRequest.newBuilder().setTopic(WireTopics.topic(spec)).build();
        return call(LignumLogGrpc.getCreateTopicMethod(), request, true, WireTopics::description);
    }

    @Override
    public CompletableFuture<TopicDescription> describe(String name) {
        DescribeTopicRequest request = DescribeTopicRequest.newBuilder()
                .setTopic(Checks.text("name", name))
                .build();
        return call(
                LignumLogGrpc.getDescribeTopicMethod(), request, false, WireTopics::description);
    }

    @Override
    public CompletableFuture<TopicDescription> alter(TopicSpec spec) {
        AlterTopicRequest request = WireTopics.change(spec);
        return call(LignumLogGrpc.getAlterTopicMethod(), request, true, WireTopics::description);
    }

    @Override
    public CompletableFuture<Void> delete(String name) {
        DeleteTopicRequest request = DeleteTopicRequest.newBuilder()
                .setTopic(Checks.text("name", name))
                .build();
        return call(LignumLogGrpc.getDeleteTopicMethod(), request, true, answer -> {
            connection.ownWrites().forget(name);
            return null;
        });
    }

    @Override
    public CompletableFuture<List<TopicDescription>> list() {
        return listAfter("", new ArrayList<>());
    }

    private CompletableFuture<List<TopicDescription>> listAfter(
            String after, List<TopicDescription> soFar) {
        ListTopicsRequest request =
                ListTopicsRequest.newBuilder().setAfter(after).build();
        return call(
                        LignumLogGrpc.getListTopicsMethod(),
                        request,
                        false,
                        answer -> page(answer, after))
                .thenCompose(page -> {
                    soFar.addAll(page.topics());
                    if (!page.more()) {
                        return CompletableFuture.completedFuture(List.copyOf(soFar));
                    }
                    return listAfter(soFar.get(soFar.size() - 1).name(), soFar);
                });
    }

    private record Page(List<TopicDescription> topics, boolean more) {}

    /** Refuses a page that does not advance although more follow: paging would not end. */
    private static Page page(ListTopicsResponse answer, String after) {
        List<TopicDescription> topics =
                answer.getTopicList().stream().map(WireTopics::description).toList();
        boolean more = answer.getMore() && !topics.isEmpty();
        if (more && topics.get(topics.size() - 1).name().compareTo(after) <= 0) {
            throw new IllegalArgumentException(
                    "the page of topics after \"" + after + "\" ends before it");
        }
        return new Page(topics, more);
    }

    @Override
    public CompletableFuture<OptionalLong> findOffset(String name, Instant time) {
        FindOffsetRequest request = FindOffsetRequest.newBuilder()
                .setTopic(Checks.text("name", name))
                .setTimestamp(time.toEpochMilli())
                .build();
        return call(
                LignumLogGrpc.getFindOffsetMethod(),
                request,
                false,
                answer -> answer.hasOffset()
                        ? OptionalLong.of(answer.getOffset())
                        : OptionalLong.empty());
    }

    private <Q, R, T> CompletableFuture<T> call(
            MethodDescriptor<Q, R> method, Q request, boolean changes, Function<R, T> result) {
        return UnaryCall.start(
                connection, callbacks, new UnaryCall.Request<>(method, request, changes), result);
    }
}
