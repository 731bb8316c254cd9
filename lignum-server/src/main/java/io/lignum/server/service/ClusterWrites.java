package io.lignum.server.service;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.cluster.node.ClusterNode;
import io.lignum.record.LogRecord;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Writes of a cluster node: the {@link ClusterNode} executes them at the leader. */
final class ClusterWrites implements Writes {

    private final LogStore store;
    private final ClusterNode node;
    private final ServiceListener listener;

    ClusterWrites(LogStore store, ClusterNode node, ServiceListener listener) {
        this.store = store;
        this.node = node;
        this.listener = listener;
    }

    @Override
    public CompletableFuture<AppendResult> append(
            String topic, LogRecord record, NotLeaderPolicy elsewhere) {
        checkName(topic);
        return node.append(topic, record, elsewhere);
    }

    @Override
    public CompletableFuture<AppendResult> append(
            String topic,
            List<LogRecord> records,
            AppendOptions options,
            NotLeaderPolicy elsewhere) {
        checkName(topic);
        return node.append(topic, records, options, elsewhere);
    }

    @Override
    public CompletableFuture<AppendResult> append(
            String topic, ByteBuffer batch, AppendOptions options, NotLeaderPolicy elsewhere) {
        checkName(topic);
        return node.append(topic, batch, options, elsewhere);
    }

    @Override
    public CompletableFuture<AppendResult> appendInternal(String topic, LogRecord record) {
        return node.append(topic, record, NotLeaderPolicy.FORWARD);
    }

    @Override
    public CompletableFuture<AppendResult> appendInternal(String topic, List<LogRecord> records) {
        return node.append(topic, records, AppendOptions.NONE, NotLeaderPolicy.REFUSE);
    }

    /**
     * Checks the name. For an existing topic it was checked at the creation, except for internal
     * topics.
     */
    private void checkName(String topic) {
        if (store.findTopic(topic).isPresent()) {
            TopicNames.refuseInternal(topic);
        } else {
            TopicNames.check(topic);
        }
    }

    @Override
    public CompletableFuture<TopicLog> createTopic(String name, TopicConfig config) {
        return node.createTopic(name, config).thenApply(created -> {
            listener.topicCreated(name);
            return created;
        });
    }

    @Override
    public CompletableFuture<TopicLog> alterTopic(String name, TopicConfig config) {
        return node.alterTopic(name, config);
    }

    @Override
    public CompletableFuture<Void> deleteTopic(String name) {
        return node.deleteTopic(name);
    }

    @Override
    public CompletableFuture<Void> trimTopic(TopicLog log, long newStart) {
        return node.trimTopic(log.name(), newStart);
    }

    @Override
    public CompletableFuture<Long> readIndex(TopicLog log) {
        return node.readIndex(log);
    }
}
