package io.lignum.server.service;

import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Where everything goes that changes something: to the store itself, or to the cluster around it.
 * Chosen once, when the node starts.
 *
 * <p>Any thread. A topic that has to be made may touch files on the calling thread. Names are
 * checked by the caller where a topic is named, and here where an append may create one. Futures
 * complete on threads that must not be blocked; what is thrown and what futures fail with is told
 * by {@link ServiceException#of}.
 */
public interface Writes {

    /** Appends a record, to a topic that is created if absent. */
    CompletableFuture<Produced> append(String topic, LogRecord record, NotLeaderPolicy elsewhere);

    /** Appends records as one batch: all or none. */
    CompletableFuture<Produced> append(
            String topic,
            List<LogRecord> records,
            AppendOptions options,
            NotLeaderPolicy elsewhere);

    /**
     * Appends a batch that was built by the client and checked; its bytes are copied before this
     * returns.
     */
    CompletableFuture<Produced> append(
            String topic, ByteBuffer batch, AppendOptions options, NotLeaderPolicy elsewhere);

    /** Completes when the topic is there to be used, here too. */
    CompletableFuture<TopicLog> createTopic(String name, TopicConfig config);

    /** Completes when the settings are in force, here too. */
    CompletableFuture<TopicLog> alterTopic(String name, TopicConfig config);

    /** Completes when the topic is gone, here too. */
    CompletableFuture<Void> deleteTopic(String name);

    /** Drops the records below {@code newStart}. */
    CompletableFuture<Void> trimTopic(TopicLog log, long newStart);

    /** The offset, exclusive, up to which the log must be readable here for a linearizable read. */
    CompletableFuture<Long> readIndex(TopicLog log);
}
