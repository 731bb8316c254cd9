package io.lignum.cluster.node;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.ClusterException;
import io.lignum.cluster.InternalTopics;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.cluster.internal.leader.CommitWaiters;
import io.lignum.cluster.internal.leader.LeaderEpoch;
import io.lignum.cluster.internal.leader.LeaderTopic;
import io.lignum.cluster.internal.state.ClusterKnowledge;
import io.lignum.cluster.internal.state.DamagedTopics;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.SessionKeeper;
import io.lignum.cluster.internal.topics.LeaderForwarder;
import io.lignum.cluster.internal.topics.TopicCreator;
import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordBatchBuilder;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.Appended;
import io.lignum.storage.Outcome;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Appends records on behalf of clients: to this node's log while it leads, else by forwarding to
 * the leader. Any thread. This is the hot path: the node loop runs only the completion of an
 * append that waited for its commit.
 */
final class Appends {

    /** Appends a record or a batch to a log with these options. */
    private interface Local
            extends BiFunction<TopicLog, AppendOptions, CompletableFuture<Appended>> {}

    /** One append, in the form for the local log and in the form for the leader. */
    private record Work(
            String topic,
            Local local,
            Supplier<ByteBuffer> batch,
            AppendOptions options,
            NotLeaderPolicy elsewhere) {}

    private final NodeContext context;
    private final SessionKeeper sessions;
    private final DamagedTopics damagedTopics;
    private final LeaderForwarder forwarder;
    private final TopicCreator creator;
    private final LeaderRequests requests;
    private final String self;
    private volatile @Nullable LeaderEpoch leading;

    /**
     * Refuses or forwards every append until {@link #leads} is called.
     *
     * @param requests create topics, and prove that this node leads (R24)
     */
    Appends(
            NodeContext context,
            ClusterKnowledge known,
            DamagedTopics damagedTopics,
            LeaderForwarder forwarder,
            LeaderRequests requests) {
        this.context = context;
        this.damagedTopics = damagedTopics;
        this.forwarder = forwarder;
        this.requests = requests;
        sessions = known.sessions();
        creator = new TopicCreator(context, requests);
        self = known.nodeId();
    }

    /** Called by the loop when an epoch of this node begins and ends. */
    void leads(@Nullable LeaderEpoch leaderEpoch) {
        leading = leaderEpoch;
    }

    CompletableFuture<AppendResult> append(
            String topic, LogRecord record, NotLeaderPolicy elsewhere) {
        return append(new Work(
                topic,
                (log, options) -> log.appendAsync(record, options)
                        .thenApply(offset -> new Appended(offset, 1, false)),
                () -> encode(List.of(record), AppendOptions.NONE),
                AppendOptions.NONE,
                elsewhere));
    }

    CompletableFuture<AppendResult> append(
            String topic,
            List<LogRecord> records,
            AppendOptions options,
            NotLeaderPolicy elsewhere) {
        return append(new Work(
                topic,
                (log, here) -> log.appendAsync(records, here),
                () -> encode(records, options),
                options,
                elsewhere));
    }

    CompletableFuture<AppendResult> append(
            String topic, ByteBuffer batch, AppendOptions options, NotLeaderPolicy elsewhere) {
        return append(new Work(
                topic,
                (log, here) -> log.appendAsync(batch, here),
                batch::duplicate,
                options,
                elsewhere));
    }

    private CompletableFuture<AppendResult> append(Work work) {
        try {
            if (InternalTopics.isOfCluster(work.topic())) {
                throw new StorageException.InvalidTopic(InternalTopics.refusal(work.topic()));
            }
            LeaderEpoch lead = leading;
            if (lead == null || lead.refusal() != null) {
                return elsewhere(work);
            }
            if (lead.isIsolated()) {
                throw new ClusterException.NotLeader(LeaderEpoch.ISOLATED, null);
            }
            Optional<TopicLog> log = context.store().findTopic(work.topic());
            refuseIfDamaged(lead, log);
            if (log.isEmpty()
                    || lead.topic(log.get()) == null
                    || creator.isCreating(work.topic())) {
                ByteBuffer copy = copyOf(work);
                return creator.whenThere(
                        work.topic(), made -> here(lead, made, copied(work, copy)));
            }
            return here(lead, log.get(), work);
        } catch (ClusterException | StorageException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Answers CORRUPT_LOG only if this node continues to lead without the topic; else another node
     * is about to lead.
     */
    private void refuseIfDamaged(LeaderEpoch lead, Optional<TopicLog> log) {
        StorageException damage = log.map(damagedTopics::damageOf).orElse(null);
        if (damage == null) {
            return;
        }
        if (log.map(lead::topic).isPresent()) {
            throw new ClusterException.NotLeader(
                    "this node gives up its leadership, because its copy of topic "
                            + log.get().name() + " is damaged",
                    null);
        }
        throw damage;
    }

    /** The caller may change its buffer once the call has returned. */
    private static ByteBuffer copyOf(Work work) {
        ByteBuffer bytes = work.batch().get();
        return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }

    private static Work copied(Work work, ByteBuffer copy) {
        AppendOptions options = new AppendOptions(work.options().expectedEndOffset(), null);
        return new Work(
                work.topic(),
                (log, here) -> log.appendAsync(
                        copy.duplicate(),
                        here.expectedEpoch().isPresent()
                                ? options.withExpectedEpoch(here.expectedEpoch().getAsInt())
                                : options),
                copy::duplicate,
                options,
                work.elsewhere());
    }

    private CompletableFuture<AppendResult> elsewhere(Work work) {
        if (work.elsewhere() == NotLeaderPolicy.REFUSE) {
            throw forwarder.notLeader();
        }
        return forwarder.append(work.topic(), copyOf(work), work.options().expectedEndOffset());
    }

    private CompletableFuture<AppendResult> here(LeaderEpoch lead, TopicLog log, Work work) {
        LeaderTopic topic = lead.topic(log);
        if (topic == null) {
            throw forwarder.notLeader();
        }
        checkMayAppend(lead, topic);
        AppendOptions options = work.options().withExpectedEpoch(lead.epoch());
        CompletableFuture<Appended> local;
        try {
            local = work.local().apply(log, options);
        } catch (StorageException e) {
            return refused(log, e);
        }
        return local.thenCompose(appended -> committed(lead, topic, appended))
                .handle((done, failure) -> {
                    if (failure != null) {
                        throw translated(failure);
                    }
                    return new AppendResult(
                            done.firstOffset(), done.count(), done.duplicate(), Optional.of(self));
                });
    }

    /**
     * A refusal because of a producer's sequence or of the log end offset is valid only if this
     * node still leads (R24, R34). A leader that was replaced without its knowledge lacks what the
     * next one has appended, so it proves its leadership before it answers.
     */
    private CompletableFuture<AppendResult> refused(TopicLog log, StorageException refusal) {
        boolean judged = refusal instanceof StorageException.OutOfOrderSequence
                || refusal instanceof StorageException.UnknownProducer
                || refusal instanceof StorageException.ProducerFenced
                || refusal instanceof StorageException.EndOffsetMismatch;
        if (!judged) {
            return CompletableFuture.failedFuture(translated(refusal));
        }
        return requests.proveLead(log).handle((end, failure) -> {
            if (failure == null) {
                throw refusal;
            }
            if (refusal.outcome() == Outcome.UNKNOWN) {
                throw unknown(log.name());
            }
            throw translated(failure);
        });
    }

    private static ClusterException unknown(String topic) {
        return new ClusterException.CommitUnknown("topic " + topic
                + ": the batch may have been appended before, and this node does not lead"
                + " any more");
    }

    /** Refuses early what could not be committed. Safety does not depend on this check (R13). */
    private void checkMayAppend(LeaderEpoch lead, LeaderTopic topic) {
        if (topic.isLive()) {
            int demanded = topic.quorum(lead.minIsr());
            if (lead.responsive() < demanded) {
                throw new ClusterException.NotEnoughReplicas(
                        topic.log().name(), lead.responsive(), demanded);
            }
        } else if (lead.isBecomingLive(topic.id())) {
            throw new ClusterException.NotLeader(
                    "topic " + topic.log().name() + " became live before this node led, and it has"
                            + " not applied that yet",
                    null);
        } else if (context.nowNanos() - sessions.leaseUntil() > 0) {
            throw new ClusterException.CoordinatorUnavailable(
                    "topic " + topic.log().name()
                            + " takes no appends while the coordinator does not confirm who leads",
                    null);
        }
    }

    private CompletableFuture<Appended> committed(
            LeaderEpoch lead, LeaderTopic topic, Appended appended) {
        CommitWaiters waiters = topic.waiters();
        long now = context.nowNanos();
        if (waiters != null) {
            return waiters.await(
                    appended, now + context.config().commitTimeout().toNanos());
        }
        if (lead.isOver() || now - sessions.leaseUntil() > 0) { // R5, R26: the force took so long.
            return CompletableFuture.failedFuture(
                    new ClusterException.CommitUnknown("topic " + topic.log().name()
                            + ": another node may have started to lead before this was forced"));
        }
        return CompletableFuture.completedFuture(appended);
    }

    private RuntimeException translated(Throwable failure) {
        Throwable cause = NodeContext.causeOf(failure);
        if (cause instanceof StorageException.NotLeading refused) {
            return refused.outcome() == Outcome.UNKNOWN
                    ? new ClusterException.CommitUnknown("the batch was appended before, and this"
                            + " node does not lead any more: " + refused.getMessage())
                    : forwarder.notLeader();
        }
        return cause instanceof RuntimeException known
                ? known
                : new IllegalStateException("an append failed", cause);
    }

    private ByteBuffer encode(List<LogRecord> records, AppendOptions options) {
        int bound = RecordBatch.HEADER_BYTES;
        for (LogRecord record : records) {
            bound = Math.addExact(bound, RecordBatchBuilder.sizeInBytes(record));
        }
        ByteBuffer buffer = ByteBuffer.allocate(bound);
        RecordBatchBuilder builder = new RecordBatchBuilder();
        builder.begin(buffer, 0, 0);
        var producer = options.producer();
        if (producer != null) {
            builder.producer(
                    producer.producerId(), producer.producerEpoch(), producer.baseSequence());
        }
        for (LogRecord record : records) {
            builder.append(record.timestampOr(context.wallMillis()), record);
        }
        builder.finish();
        return buffer.flip();
    }
}
