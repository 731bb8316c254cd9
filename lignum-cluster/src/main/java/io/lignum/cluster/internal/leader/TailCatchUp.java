package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.ClusterView;
import io.lignum.cluster.internal.state.LogLength;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.record.RecordBatch;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * Completes a new leader's logs before it leads: finishes the appends queued in its logs, and
 * fetches from other nodes what they have of its {@code wal} topics beyond its own log end, if that
 * continues its log (R29). Takes two seconds at most, because producers wait, and these records
 * were not guaranteed.
 *
 * <p>May be created on any thread. Logs are changed on the node loop only, so none is changed
 * once this node follows another.
 */
final class TailCatchUp {

    private static final Logger LOG = LoggerFactory.getLogger(TailCatchUp.class);

    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration ASK_TIMEOUT = Duration.ofMillis(500);
    private static final int MAX_BYTES = 1 << 20;

    private final NodeContext context;
    private final NodeIdentity self;
    private final Map<String, NodeAddress> addresses = new HashMap<>();
    private final List<PeerResponse.Progress> others;
    private final BooleanSupplier over;
    private final long deadline;

    /** @param over whether the election has become void; called on the node loop */
    TailCatchUp(
            NodeContext context,
            NodeIdentity self,
            ClusterView view,
            List<PeerResponse.Progress> others,
            BooleanSupplier over) {
        this.context = context;
        this.self = self;
        this.others = others;
        this.over = over;
        view.nodes().forEach((id, record) -> addresses.put(id, record.address()));
        deadline = context.nowNanos() + LIMIT.toNanos();
    }

    /** Completes when all is fetched or the time is over; fails when this node's disk fails. */
    CompletableFuture<Void> run() {
        List<CompletableFuture<?>> flushes = new ArrayList<>();
        for (TopicLog log : context.store().topics()) {
            if (log.damage() == null) { // A sole in-sync replica leads without it (R37).
                flushes.add(unlessDeleted(log.admin().flush()));
            }
        }
        return CompletableFuture.allOf(flushes.toArray(CompletableFuture<?>[]::new))
                .thenCompose(flushed -> pullAll());
    }

    /** A topic that was deleted meanwhile is skipped. */
    private static CompletableFuture<Void> unlessDeleted(CompletableFuture<Void> done) {
        return done.exceptionallyCompose(
                failure -> NodeContext.causeOf(failure) instanceof StorageException.TopicDeleted
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<Void> pullAll() {
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (PeerResponse.Progress other : others) {
            NodeAddress address = addresses.get(other.node().nodeId());
            for (PeerResponse.LogEnd end : other.ends()) {
                Optional<TopicLog> log = context.store().findTopic(end.topic());
                if (address != null && log.isPresent() && isLonger(end, log.get())) {
                    all = all.thenCompose(before -> pull(address, log.get()));
                }
            }
        }
        return all;
    }

    private static boolean isLonger(PeerResponse.LogEnd other, TopicLog mine) {
        LogLength theirs = new LogLength(other.lastEpoch().orElse(0), other.endOffset());
        return !mine.config().live()
                && theirs.isLongerThan(
                        new LogLength(mine.lastEpoch().orElse(0), mine.logEndOffset()));
    }

    private CompletableFuture<Void> pull(NodeAddress from, TopicLog log) {
        if (context.nowNanos() - deadline > 0) {
            LOG.warn("topic {}: no time left to fetch the records of {}", log.name(), from);
            return CompletableFuture.completedFuture(null);
        }
        PeerRequest question = new PeerRequest.Continuation(
                self.self(),
                self.epoch(),
                log.id(),
                log.lastEpoch(),
                log.logEndOffset(),
                MAX_BYTES);
        CompletableFuture<Void> pulled = new CompletableFuture<>();
        context.onLoop(
                context.network().ask(from, question, ASK_TIMEOUT), (answer, unreachable) -> {
                    if (over.getAsBoolean()) {
                        pulled.complete(null);
                    } else {
                        NodeContext.forward(take(from, log, answer), pulled);
                    }
                });
        return pulled;
    }

    private CompletableFuture<Void> take(
            NodeAddress from, TopicLog log, @Nullable PeerResponse answer) {
        if (!(answer instanceof PeerResponse.Batches batches)
                || !batches.batches().hasRemaining()) {
            return CompletableFuture.completedFuture(null);
        }
        ByteBuffer all = batches.batches();
        CompletableFuture<?> last = CompletableFuture.completedFuture(null);
        try {
            while (all.remaining() >= RecordBatch.HEADER_BYTES) {
                int size = RecordBatch.at(all, all.position()).sizeInBytes();
                if (size < RecordBatch.HEADER_BYTES || size > all.remaining()) {
                    break;
                }
                last = log.appendStamped(all.slice(all.position(), size));
                all.position(all.position() + size);
            }
        } catch (StorageException e) {
            LOG.warn(
                    "topic {}: the records of {} do not continue it: {}",
                    log.name(),
                    from,
                    e.toString());
            return CompletableFuture.completedFuture(null);
        }
        return last.handle((appended, failure) -> failure)
                .thenCompose(failure -> taken(from, log, NodeContext.causeOf(failure)));
    }

    /** A full disk is not a failed one (R36): the node leads with what it has. */
    private CompletableFuture<Void> taken(
            NodeAddress from, TopicLog log, @Nullable Throwable failure) {
        if (failure instanceof StorageException.TopicDeleted) {
            return CompletableFuture.completedFuture(null);
        } else if (failure instanceof StorageException.DiskFull) {
            LOG.warn("topic {}: no disk space for the records of {}", log.name(), from);
            return CompletableFuture.completedFuture(null);
        } else if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        LOG.info("topic {}: appended records of {}", log.name(), from);
        return pull(from, log);
    }
}
