package io.lignum.server.service;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.Appended;
import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Writes of a standalone node: they go to its store. */
final class StandaloneWrites implements Writes {

    private final LogStore store;
    private final ServiceListener listener;

    StandaloneWrites(LogStore store, ServiceListener listener) {
        this.store = store;
        this.listener = listener;
    }

    @Override
    public CompletableFuture<AppendResult> append(
            String topic, LogRecord record, NotLeaderPolicy elsewhere) {
        return openOrCreate(topic)
                .appendAsync(record)
                .thenApply(offset -> new AppendResult(offset, 1, false, Optional.empty()));
    }

    @Override
    public CompletableFuture<AppendResult> append(
            String topic,
            List<LogRecord> records,
            AppendOptions options,
            NotLeaderPolicy elsewhere) {
        return openOrCreate(topic)
                .appendAsync(records, options)
                .thenApply(StandaloneWrites::produced);
    }

    @Override
    public CompletableFuture<AppendResult> append(
            String topic, ByteBuffer batch, AppendOptions options, NotLeaderPolicy elsewhere) {
        return openOrCreate(topic)
                .appendAsync(batch, options)
                .thenApply(StandaloneWrites::produced);
    }

    @Override
    public CompletableFuture<AppendResult> appendInternal(String topic, LogRecord record) {
        return store.topic(topic)
                .appendAsync(record)
                .thenApply(offset -> new AppendResult(offset, 1, false, Optional.empty()));
    }

    @Override
    public CompletableFuture<AppendResult> appendInternal(String topic, List<LogRecord> records) {
        return store.topic(topic)
                .appendAsync(records, AppendOptions.NONE)
                .thenApply(StandaloneWrites::produced);
    }

    private static AppendResult produced(Appended appended) {
        return new AppendResult(
                appended.firstOffset(), appended.count(), appended.duplicate(), Optional.empty());
    }

    /** Opens the topic, or creates it on its first message. */
    private TopicLog openOrCreate(String name) {
        Optional<TopicLog> found = store.findTopic(name);
        if (found.isPresent()) {
            TopicNames.refuseInternal(name);
            return found.get();
        }
        TopicNames.check(name);
        try {
            return create(name, store.config().defaults());
        } catch (StorageException.TopicExists e) {
            return store.findTopic(name).orElseThrow(() -> beingDeleted(name));
        }
    }

    private static ServiceException beingDeleted(String name) {
        return ServiceException.refused(
                ErrorCode.OVERLOADED,
                "topic " + name + " is being deleted; try again when that has ended");
    }

    private TopicLog create(String name, TopicConfig config) {
        try {
            TopicLog created = store.createTopic(name, config);
            listener.topicCreated(name);
            return created;
        } catch (StorageException.TooManyTopics e) {
            throw TopicNames.tooMany(name, store.config().maxTopics());
        }
    }

    @Override
    public CompletableFuture<TopicLog> createTopic(String name, TopicConfig config) {
        try {
            return CompletableFuture.completedFuture(create(name, config));
        } catch (StorageException.TopicExists e) {
            throw store.findTopic(name).isPresent() ? e : beingDeleted(name);
        }
    }

    @Override
    public CompletableFuture<TopicLog> alterTopic(String name, TopicConfig config) {
        return CompletableFuture.completedFuture(store.alterTopic(name, config));
    }

    @Override
    public CompletableFuture<Void> deleteTopic(String name) {
        store.deleteTopic(name);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> trimTopic(TopicLog log, long newStart) {
        log.trim(newStart);
        return CompletableFuture.completedFuture(null);
    }

    /** Everything acknowledged is readable. */
    @Override
    public CompletableFuture<Long> readIndex(TopicLog log) {
        return CompletableFuture.completedFuture(log.readableEndOffset());
    }
}
