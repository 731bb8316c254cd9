package io.lignum.server.service;

import io.lignum.access.Action;
import io.lignum.access.Resource;
import io.lignum.cluster.AppendResult;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.TopicLog;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The calls of one requester: everything that reads or changes topics, the cluster, or users. A
 * listener gets one from {@link LogService#session} for each call, so no call can be made without a
 * decision whether it is allowed.
 *
 * <p>Any thread. Calls fail with NOT_READY until the store is open, with SHUTTING_DOWN once the
 * node stops, with STORAGE_FAILED after a disk failure, and with NOT_AUTHENTICATED or ACCESS_DENIED
 * when the requester may not make them; what it may do is checked again in each call. Every error
 * is a {@link ServiceException}.
 */
public final class Session {

    private final SessionParts parts;
    private final Permissions permissions;

    Session(SessionParts parts, Permissions permissions) {
        this.parts = parts;
        this.permissions = permissions;
    }

    /**
     * Appends one message, to a topic that is created if absent. The future completes on a thread
     * of the engine, which must not be blocked. Throws nothing; errors are in the future.
     */
    public CompletableFuture<AppendResult> produce(
            String topic, LogRecord record, NotLeaderPolicy elsewhere) {
        return append(
                topic,
                record.payloadBytes(),
                () -> parts.producer().produce(topic, record, elsewhere));
    }

    /** The same for several messages: all of them or none, in one batch. */
    public CompletableFuture<AppendResult> produce(
            String topic,
            List<LogRecord> records,
            AppendOptions options,
            NotLeaderPolicy elsewhere) {
        long bytes = records.stream().mapToLong(LogRecord::payloadBytes).sum();
        return append(
                topic, bytes, () -> parts.producer().produce(topic, records, options, elsewhere));
    }

    /**
     * The same for a batch that the client built. The batch is validated to the last record, and
     * copied before the call returns.
     *
     * @param options without a producer: its stamp is in the batch
     */
    public CompletableFuture<AppendResult> produceBuilt(
            String topic, ByteBuffer batch, AppendOptions options, NotLeaderPolicy elsewhere) {
        return append(
                topic,
                batch.remaining(),
                () -> parts.producer().produceBuilt(topic, batch, options, elsewhere));
    }

    private CompletableFuture<AppendResult> append(
            String topic, long bytes, Supplier<CompletableFuture<AppendResult>> append) {
        try {
            permissions.requireTopic(Action.WRITE, topic);
            if (permissions.access().mode().usesGrants()
                    && parts.state().isReady()
                    && !parts.topics().isThere(topic)) {
                permissions.requireTopic(Action.CREATE, topic);
            }
            return parts.quotas().produce(permissions.requester(), bytes, append);
        } catch (ServiceException refused) {
            return CompletableFuture.failedFuture(parts.errors().failed(refused));
        }
    }

    /**
     * Completes when a read from this offset may be answered, on a thread that must not be blocked.
     * Waits for at most limits.max-wait-in-ms if the demand requires it. Cancel the future to give
     * up.
     */
    public CompletableFuture<Void> awaitDemand(String topic, long from, ReadDemand demand) {
        if (demand.isNone()) { // The read that follows is checked.
            return parts.quotas().awaitRead(permissions.requester());
        }
        CompletableFuture<Void> ready;
        try {
            requireRead(topic);
            CompletableFuture<Void> turn = parts.quotas().awaitRead(permissions.requester());
            ready = turn.isDone()
                    ? parts.demands().await(topic, from, demand)
                    : turn.thenCompose(now -> parts.demands().await(topic, from, demand));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(parts.errors().failed(e));
        }
        parts.failures().whenDone(ready, (done, error) -> {
            if (error instanceof ServiceException known) {
                parts.listener().failed(known.code());
            }
        });
        return ready;
    }

    private void requireRead(String topic) {
        permissions.requireTopic(Action.READ, topic);
    }

    /** Fails unless the requester may read the topic, for a stream that waits. */
    public void checkRead(String topic) {
        parts.errors().call(() -> {
            requireRead(topic);
            return topic;
        });
    }

    /** Fails if the requester's login is over, for a stream whose requests name their topics. */
    public void checkLogin() {
        parts.errors().call(() -> {
            permissions.requireLogin();
            return this;
        });
    }

    /**
     * Reads a page; empty at or past the end. Blocks on the disk, and the thread must never be
     * interrupted.
     */
    public Page read(ReadQuery query) {
        try (MemoryLease lease = parts.admission().memory()) {
            return read(query, lease);
        }
    }

    /**
     * The same; the lease holds the memory of the page, which is reserved before the page is built.
     */
    public Page read(ReadQuery query, MemoryLease lease) {
        return parts.errors().call(() -> {
            requireRead(query.topic());
            parts.quotas().checkRead(permissions.requester());
            Page page = parts.reader().read(query, lease);
            if (parts.quotas().countsReads(permissions.requester())) {
                parts.quotas().fetched(permissions.requester(), page.bytes());
            }
            return page;
        });
    }

    /** Opens a reader of raw batches as stored, from an offset on. */
    public BatchReader batches(String topic, long from) {
        return parts.errors().call(() -> {
            requireRead(topic);
            parts.quotas().checkRead(permissions.requester());
            return parts.reader()
                    .batches(
                            topic,
                            from,
                            bytes -> parts.quotas().fetched(permissions.requester(), bytes));
        });
    }

    /**
     * Completes with the readable end when it is above {@code offset}, or at the timeout, on a
     * thread that must not be blocked. Cancel the future to give up.
     */
    public CompletableFuture<Long> awaitReadable(String topic, long offset, Duration timeout) {
        Duration most = parts.limits().maxWait();
        Duration bound = timeout.compareTo(most) > 0 ? most : timeout;
        return parts.errors().call(() -> {
            requireRead(topic);
            return parts.waiters().await(parts.topics().existing(topic), offset, bound);
        });
    }

    /**
     * The same without a timeout, for a subscription. Completes earlier if the requester had to
     * wait because of its quota. Fails with the error that ends the topic.
     */
    public CompletableFuture<Long> awaitReadable(String topic, long offset) {
        return parts.errors().call(() -> {
            requireRead(topic);
            TopicLog log = parts.topics().existing(topic);
            CompletableFuture<Void> turn = parts.quotas().awaitRead(permissions.requester());
            return turn.isDone()
                    ? parts.waiters().await(log, offset)
                    : turn.thenApply(now -> log.readableEndOffset());
        });
    }

    /** Completes when the requester may read on without exceeding its quota. */
    public CompletableFuture<Void> awaitTurn() {
        return parts.quotas().awaitRead(permissions.requester());
    }

    /** The first offset whose timestamp, in ms since the epoch, is at or after the one given. */
    public OptionalLong offsetAt(String topic, long timestampMillis) {
        return parts.errors().call(() -> {
            permissions.requireTopic(Action.DESCRIBE, topic);
            return parts.reader().offsetAt(topic, timestampMillis);
        });
    }

    /** Whether an append to this topic needs not create it. Does not block. */
    public boolean hasTopic(String name) {
        return parts.state().isReady() && parts.topics().isThere(name);
    }

    /** The nodes and their addresses, which every client needs. */
    public ClusterStatus nodes() {
        return parts.errors().call(() -> parts.state().membership().status());
    }

    /** The state of the cluster; a standalone node is a cluster of one. */
    public ClusterOverview overview() {
        return parts.errors().call(() -> {
            permissions.require(Action.DESCRIBE, Resource.CLUSTER);
            return parts.state().membership();
        });
    }

    /** The operator's calls. */
    public ClusterOperations operations() {
        return parts.errors().call(() -> {
            permissions.require(Action.OPERATE, Resource.CLUSTER);
            return new ClusterOperations(parts.state().membership(), permissions);
        });
    }

    /** The files with records that were cut because another leader's log differs. */
    public DivergentFiles divergentFiles() {
        return new DivergentFiles(parts.state(), parts.producer(), parts.limits(), permissions);
    }

    /** The calls that list, describe and change topics. */
    public TopicService topics() {
        return new TopicService(parts.topics(), parts.errors(), permissions);
    }

    /** The calls about users, tokens and grants. */
    public SecurityService security() {
        return new SecurityService(parts, permissions);
    }

    /**
     * Calls {@code check} now and then while the requester's rights may end, for a stream that
     * waits. Close the result when the stream ends.
     */
    public Recheck recheck(Runnable check) {
        return parts.rechecks().add(check);
    }
}
