package io.lignum.server.service;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Executes changes: in the store of a standalone node, or in the cluster. Chosen once, when the
 * node starts.
 *
 * <p>Any thread. The creation of a topic may touch files on the calling thread. The caller checks
 * names, except for those of topics that an append may create, which are checked here. Futures
 * complete on threads that must not be blocked; {@link ServiceException#of} maps what is thrown and
 * what futures fail with.
 */
public interface Writes {

    /** Appends a record, to a topic that is created if absent. */
    CompletableFuture<AppendResult> append(
            String topic, LogRecord record, NotLeaderPolicy elsewhere);

    /** Appends records as one batch: all or none. */
    CompletableFuture<AppendResult> append(
            String topic,
            List<LogRecord> records,
            AppendOptions options,
            NotLeaderPolicy elsewhere);

    /**
     * Appends a batch that was built by the client and checked; its bytes are copied before this
     * returns.
     */
    CompletableFuture<AppendResult> append(
            String topic, ByteBuffer batch, AppendOptions options, NotLeaderPolicy elsewhere);

    /** Appends a record of the node's own to an internal topic, which exists. */
    CompletableFuture<AppendResult> appendInternal(String topic, LogRecord record);

    /** Appends records of the node's own as one batch, if this node leads; else NOT_LEADER. */
    CompletableFuture<AppendResult> appendInternal(String topic, List<LogRecord> records);

    /** Completes when the topic exists on this node, too. */
    CompletableFuture<TopicLog> createTopic(String name, TopicConfig config);

    /** Completes when the settings apply on this node, too. */
    CompletableFuture<TopicLog> alterTopic(String name, TopicConfig config);

    /** Completes when the topic is deleted on this node, too. */
    CompletableFuture<Void> deleteTopic(String name);

    /** Removes the records below {@code newStart}. */
    CompletableFuture<Void> trimTopic(TopicLog log, long newStart);

    /** The offset, exclusive, up to which the log must be readable here for a linearizable read. */
    CompletableFuture<Long> readIndex(TopicLog log);
}
