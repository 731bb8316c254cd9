package io.lignum.cluster.internal.leader;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.InternalTopics;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.TrimPoints;
import io.lignum.cluster.internal.topics.MetadataRecord;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.record.LogRecord;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.Appended;
import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Executes changes to topics at the leader. Each becomes a record of the metadata log, one after
 * the other, and is answered when it is committed and applied here (R32). The next change is
 * checked after the previous one was applied, so the existing topics decide what is allowed.
 *
 * <p>The node loop only.
 */
public final class TopicCommands {

    private static final Logger LOG = LoggerFactory.getLogger(TopicCommands.class);

    private static final Duration RETRY = Duration.ofSeconds(1);

    /** A change that waits for its turn. */
    private record Command(
            Supplier<MetadataRecord> record, CompletableFuture<UUID> done, long deadline) {}

    /** A committed change, which is applied here once the catalog reaches {@code end}. */
    private record Awaited(UUID topic, long end) {}

    private final NodeContext context;
    private final LeaderRole role;
    private final TopicCatalog catalog;
    private final Supplier<Integer> nodes;
    private final ArrayDeque<Command> queue = new ArrayDeque<>();
    private @Nullable Command running;
    private @Nullable Awaited awaited; // result of the running command's record
    private boolean ended;

    /** @param nodes number of nodes of the cluster */
    TopicCommands(
            NodeContext context, LeaderRole role, TopicCatalog catalog, Supplier<Integer> nodes) {
        this.context = context;
        this.role = role;
        this.catalog = catalog;
        this.nodes = nodes;
    }

    /** Each completes with the topic's id. */
    public CompletableFuture<UUID> create(String name, TopicConfig config) {
        return submit(() -> {
            checkQuorum(config);
            LogStore.checkTopicName(name); // What is committed must not fail on any node.
            if (InternalTopics.isOfCluster(name)) {
                throw new StorageException.InvalidTopic(InternalTopics.refusal(name));
            }
            if (context.store().findTopic(name).isPresent()) {
                throw new StorageException.TopicExists(name);
            }
            if (context.store().topics().size() >= context.store().config().maxTopics()) {
                throw new StorageException.TooManyTopics(
                        context.store().config().maxTopics());
            }
            context.store().checkFreeSpace();
            return new MetadataRecord.Create(context.newId(), name, config);
        });
    }

    /** Makes a topic that existed before the cluster a topic of the cluster. */
    CompletableFuture<UUID> adopt(TopicLog log) {
        return submit(() -> new MetadataRecord.Create(log.id(), log.name(), log.config()));
    }

    public CompletableFuture<UUID> alter(String name, TopicConfig config) {
        return submit(() -> {
            checkQuorum(config);
            return new MetadataRecord.Alter(existing(name).id(), config);
        });
    }

    public CompletableFuture<UUID> delete(String name) {
        return submit(() -> new MetadataRecord.Delete(existing(name).id()));
    }

    public CompletableFuture<UUID> trim(String name, long newStart) {
        return submit(() -> {
            TopicLog log = existing(name);
            if (newStart > log.readableEndOffset()) {
                throw new StorageException.OffsetOutOfRange(
                        name, newStart, log.logStartOffset(), log.readableEndOffset());
            }
            return trimRecord(log, newStart);
        });
    }

    /** The new start is not below the current one. */
    private MetadataRecord trimRecord(TopicLog log, long newStart) {
        long before = catalog.trimsOf(log.id()).startIn(log);
        return new MetadataRecord.Trim(log.id(), Math.max(newStart, before));
    }

    /** Applies a committed trim here, once the log is readable up to it. */
    public void applyTrim(TopicLog log) {
        long start = catalog.trimsOf(log.id()).startIn(log);
        if (ended || start <= log.logStartOffset()) {
            return;
        }
        if (start <= log.readableEndOffset()) {
            catalog.trim(log, start, () -> ended);
        } else {
            context.onLoop(
                    NodeContext.attempt(() -> log.awaitReadable(start - 1)), (end, failure) -> {
                        if (failure == null) {
                            applyTrim(log);
                        } else if (failure instanceof StorageException.Overloaded) {
                            context.later(RETRY, () -> applyTrim(log)); // Too many readers wait.
                        } else {
                            LOG.debug("{} is not trimmed: {}", log.name(), failure.toString());
                        }
                    });
        }
    }

    /**
     * All topics are known: applies the trims that were committed when this node had no role. If a
     * trim goes beyond this log, a record announces how far it applies, because no more records of
     * its epoch will come.
     */
    void takeTrims() {
        for (TopicLog log : context.store().topics()) {
            applyTrim(log);
            announceTrim(log);
        }
    }

    private void announceTrim(TopicLog log) {
        TrimPoints trims = catalog.trimsOf(log.id());
        if (ended || trims.reachedBy(log) == trims.startIn(log)) {
            return;
        }
        context.onLoop(submit(() -> trimRecord(log, 0)), (id, failure) -> {
            if (failure != null && !ended) {
                LOG.debug("topic {} is not trimmed everywhere: {}", log.name(), failure.toString());
                context.later(RETRY, () -> announceTrim(log));
            }
        });
    }

    private TopicLog existing(String name) {
        TopicLog log = context.store().topic(name);
        if (InternalTopics.isOfCluster(log.name())) {
            throw new StorageException.UnknownTopic(name);
        }
        return log;
    }

    private void checkQuorum(TopicConfig config) {
        if (config.quorumCount() > nodes.get()) {
            throw new ClusterException.InvalidArgument("the quorum is " + config.quorumCount()
                    + ", but the cluster has " + nodes.get() + " nodes");
        }
    }

    private CompletableFuture<UUID> submit(Supplier<MetadataRecord> record) {
        StorageException damage = catalog.log().damage();
        if (damage != null) { // No in-sync replica has it intact (R37).
            return CompletableFuture.failedFuture(damage);
        }
        Duration limit = context.config().commitTimeout();
        Command command = new Command(
                record, new CompletableFuture<>(), context.nowNanos() + limit.toNanos());
        queue.addLast(command);
        context.later(limit, this::expire);
        next();
        return command.done();
    }

    /**
     * Ends commands whose time is over, whether they wait for their turn or are committed and wait
     * to be applied here (a full disk can delay that). A committed change is applied later.
     */
    private void expire() {
        long now = context.nowNanos();
        for (Command first = queue.peekFirst();
                first != null && now - first.deadline() >= 0;
                first = queue.peekFirst()) {
            queue.removeFirst()
                    .done()
                    .completeExceptionally(new ClusterException.NotCaughtUp(
                            "the leader did not start this change of topics in time"));
        }
        Command slow = running;
        if (slow != null && now - slow.deadline() >= 0) {
            slow.done()
                    .completeExceptionally(new ClusterException.CommitUnknown(
                            "a change of topics is not committed, or not applied, in time; it"
                                    + " may be yet"));
        }
    }

    private boolean isReady() {
        LeaderTopic topic = role.leaderEpoch().topic(catalog.log());
        return topic != null && topic.hasReachedEpoch() && catalog.applied() >= topic.epochStart();
    }

    private void next() {
        if (running != null || ended || !isReady()) {
            return;
        }
        Command command = queue.pollFirst();
        if (command == null) {
            return;
        }
        running = command;
        MetadataRecord record;
        try {
            record = command.record().get();
        } catch (StorageException | ClusterException e) {
            finished(() -> command.done().completeExceptionally(e));
            return;
        }
        context.onLoop(append(record), (appended, failure) -> {
            if (appended == null) {
                Throwable why = failure == null ? new IllegalStateException("no answer") : failure;
                finished(() -> command.done().completeExceptionally(why));
            } else {
                awaited = new Awaited(record.topic(), appended.firstOffset() + appended.count());
                caughtUp(catalog.applied());
            }
        });
    }

    private CompletableFuture<Appended> append(MetadataRecord record) {
        LeaderTopic topic = role.leaderEpoch().topic(catalog.log());
        if (topic == null || topic.waiters() == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("no metadata log"));
        }
        CommitWaiters waiters = topic.waiters();
        long deadline = context.nowNanos() + context.config().commitTimeout().toNanos();
        try {
            return topic.log()
                    .appendAsync(
                            LogRecord.of(record.toJson()).withTimestamp(context.wallMillis()),
                            AppendOptions.NONE.withExpectedEpoch(role.epoch()))
                    .thenCompose(offset -> waiters.await(new Appended(offset, 1, false), deadline));
        } catch (StorageException.NotLeading e) {
            return CompletableFuture.failedFuture(
                    new ClusterException.NotLeader("the leadership is being transferred", null));
        } catch (StorageException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void finished(Runnable tell) {
        running = null;
        awaited = null;
        tell.run();
        next();
    }

    /** The catalog has applied the metadata log up to here. */
    public void caughtUp(long applied) {
        Command command = running;
        Awaited record = awaited;
        if (command != null && record != null && record.end() <= applied) {
            finished(() -> command.done().complete(record.topic()));
        } else {
            next();
        }
    }

    /**
     * Ends the epoch. A change in the log may still take effect, also if it is committed and not
     * applied here yet.
     */
    void end(String why) {
        ended = true;
        if (running != null) {
            running.done()
                    .completeExceptionally(
                            new ClusterException.CommitUnknown("a change to topics: " + why));
        }
        ClusterException refused = new ClusterException.NotLeader(why, null);
        queue.forEach(command -> command.done().completeExceptionally(refused));
        queue.clear();
    }
}
