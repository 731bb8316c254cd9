package io.lignum.client;

import io.grpc.MethodDescriptor;
import io.lignum.api.AlterTopicRequest;
import io.lignum.api.CreateTopicRequest;
import io.lignum.api.DeleteTopicRequest;
import io.lignum.api.DescribeTopicRequest;
import io.lignum.api.FindOffsetRequest;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.ListTopicsRequest;
import io.lignum.api.ListTopicsResponse;
import io.lignum.api.Topic;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The topics of a node or cluster; any node is asked, and passes changes on to the leader. Any
 * thread; nothing blocks. A future ends within the client's request timeout, with a {@link
 * LignumException} if it fails; what may pass until then, such as a cluster without a leader, is
 * tried again, also at other nodes, but not a change whose outcome is UNKNOWN.
 */
public final class Topics {

    private final Connection connection;
    private final Callbacks callbacks;

    Topics(Connection connection, Callbacks callbacks) {
        this.connection = connection;
        this.callbacks = callbacks;
    }

    /** Creates a topic; {@link LignumException.TopicExists} if there is one of that name. */
    public CompletableFuture<TopicDescription> create(TopicSpec spec) {
        Topic.Builder topic = Topic.newBuilder()
                .setName(Checks.text("name", spec.name()))
                .setEnableLiveReplication(spec.live().orElse(false))
                .setQorumCount(spec.quorum().orElse(0))
                .setSettings(WireTopics.settings(spec));
        CreateTopicRequest request =
                CreateTopicRequest.newBuilder().setTopic(topic).build();
        return call(LignumLogGrpc.getCreateTopicMethod(), request, true, WireTopics::description);
    }

    /** {@link LignumException.UnknownTopic} if there is none of that name. */
    public CompletableFuture<TopicDescription> describe(String name) {
        DescribeTopicRequest request = DescribeTopicRequest.newBuilder()
                .setTopic(Checks.text("name", name))
                .build();
        return call(
                LignumLogGrpc.getDescribeTopicMethod(), request, false, WireTopics::description);
    }

    /** Changes what is given in the spec, and nothing else. */
    public CompletableFuture<TopicDescription> alter(TopicSpec spec) {
        AlterTopicRequest.Builder request = AlterTopicRequest.newBuilder()
                .setTopic(Checks.text("name", spec.name()))
                .setSettings(WireTopics.settings(spec));
        spec.live().ifPresent(request::setEnableLiveReplication);
        spec.quorum().ifPresent(request::setQuorumCount);
        return call(
                LignumLogGrpc.getAlterTopicMethod(),
                request.build(),
                true,
                WireTopics::description);
    }

    /** Deletes a topic with all its records. */
    public CompletableFuture<Void> delete(String name) {
        DeleteTopicRequest request = DeleteTopicRequest.newBuilder()
                .setTopic(Checks.text("name", name))
                .build();
        return call(LignumLogGrpc.getDeleteTopicMethod(), request, true, answer -> {
            connection.ownWrites().forget(name);
            return null;
        });
    }

    /** All topics, sorted by name. */
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

    /** A page that goes back, with more to come, would be asked for without end. */
    private static Page page(ListTopicsResponse answer, String after) {
        List<TopicDescription> topics =
                answer.getTopicList().stream().map(WireTopics::description).toList();
        boolean more = answer.getMore() && !topics.isEmpty();
        if (more && topics.get(topics.size() - 1).name().compareTo(after) <= 0) {
            throw new IllegalArgumentException(
                    "topics behind \"" + after + "\" do not come behind it");
        }
        return new Page(topics, more);
    }

    /** Offset of the first record whose timestamp is at or after this; empty: none is. */
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
        return UnaryCall.start(connection, callbacks, method, request, changes, result);
    }
}
