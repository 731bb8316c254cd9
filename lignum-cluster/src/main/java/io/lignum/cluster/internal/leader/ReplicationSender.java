package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.storage.StorageException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ships the leader's logs to one follower. A batch is shipped once this node has written it, while
 * the force still runs (R11). A follower that has got everything before it is sent the bytes that
 * were just written, from memory; otherwise batches are read from the files, so a slow follower
 * costs no memory. Messages and bytes in flight are bounded.
 *
 * <p>Topics to be read from files wait in a queue and take turns. One task at a time works through
 * the queue, on the pool for blocking work. The thread that moves {@link #wakeUps} from 0 owns all
 * lanes until it is 0 again: that task, or a {@link #push} on the node loop.
 */
final class ReplicationSender {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicationSender.class);

    private static final int MESSAGES_A_TURN = 16;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** The state of shipping one topic to the follower. */
    private static final class Lane {
        private final LeaderTopic topic;
        private final UnackedMessages.OfTopic unacked;
        private final AtomicBoolean queued = new AtomicBoolean();
        private volatile long next;

        /** End of what was sent or waits on the node loop to be pushed; a hint only. */
        private volatile long offeredEnd;

        /** The high watermark that the last message carried, in which live phase of the topic. */
        private volatile SentWatermark sentWatermark =
                new SentWatermark(null, OptionalLong.empty());

        private Duration pause = FIRST_PAUSE; // belongs to the task that ships

        Lane(LeaderTopic topic, UnackedMessages.OfTopic unacked, long next) {
            this.topic = topic;
            this.unacked = unacked;
            this.next = next;
            this.offeredEnd = next;
        }
    }

    private record SentWatermark(@Nullable Object livePhase, OptionalLong watermark) {
        boolean covers(@Nullable Object phase, long wanted) {
            return livePhase == phase && watermark.isPresent() && watermark.getAsLong() >= wanted;
        }
    }

    private final NodeContext context;
    private final int epoch;
    private final PeerStream stream;
    private final Runnable broken;
    private final UnackedMessages unacked;
    private final ConcurrentHashMap<UUID, Lane> lanes = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Lane> ready = new ConcurrentLinkedQueue<>();
    private final AtomicInteger wakeUps = new AtomicInteger();
    private volatile boolean closed;

    /**
     * Ships nothing until {@link #open}.
     *
     * @param broken runs on the node loop when the follower must start again, for example because
     *     records were trimmed
     */
    ReplicationSender(NodeContext context, int epoch, PeerStream stream, Runnable broken) {
        this.context = context;
        this.epoch = epoch;
        this.stream = stream;
        this.broken = broken;
        unacked = new UnackedMessages(context.config().queueSize());
    }

    /** The follower's log agrees with the leader's up to {@code from}: ships what follows. */
    void open(LeaderTopic topic, long from) {
        forget(lanes.put(topic.id(), new Lane(topic, unacked.new OfTopic(), from)));
        wake(topic);
    }

    /** Ships nothing of this topic until it is opened again. */
    void stop(UUID topic) {
        forget(lanes.remove(topic));
        resume(); // Other topics may have waited for what this one occupied.
    }

    boolean isOpen(UUID topic) {
        return lanes.containsKey(topic);
    }

    /** Whether a batch has carried this high watermark of the topic, or a later one. */
    boolean hasSent(LeaderTopic topic, long watermark) {
        Lane lane = lanes.get(topic.id());
        return lane != null && lane.sentWatermark.covers(topic.livePhase(), watermark);
    }

    /**
     * Whether batches from {@code base} on follow what this follower was sent; if so, the caller
     * passes them to {@link #push}. Called by the writer of the log; does not block.
     */
    boolean offer(LeaderTopic topic, long base, long end) {
        Lane lane = lanes.get(topic.id());
        if (lane == null || lane.offeredEnd != base) {
            return false;
        }
        lane.offeredEnd = end;
        return true;
    }

    /**
     * Sends batches that were just written. If that is not possible now, they are read from the
     * file later. The node loop only.
     */
    void push(LeaderTopic topic, long base, long end, ByteBuffer batches) {
        Lane lane = lanes.get(topic.id());
        if (closed || lane == null || lane.topic != topic || lane.next >= end) {
            return;
        }
        boolean owner = wakeUps.compareAndSet(0, 1);
        try {
            if (owner && lane.next == base && topic.isLive() && hasCapacity()) {
                send(lane, base, end, batches);
            } else {
                lane.offeredEnd = lane.next;
                wake(topic);
            }
        } catch (RuntimeException e) { // As in run: the stream starts again.
            LOG.error("Shipping to {} failed", stream.peer(), e);
            context.onLoop(broken);
        } finally {
            if (owner && wakeUps.addAndGet(-1) != 0) {
                context.blocking(this::run);
            }
        }
    }

    /** There may be something to ship. Any thread; does not block. */
    void wake(LeaderTopic topic) {
        Lane lane = lanes.get(topic.id());
        if (lane != null && lane.queued.compareAndSet(false, true)) {
            ready.add(lane);
            resume();
        }
    }

    /** The stream may accept messages again. Any thread; does not block. */
    void resume() {
        if (!closed && !ready.isEmpty() && wakeUps.getAndIncrement() == 0) {
            context.blocking(this::run);
        }
    }

    /** The follower has flushed the topic up to {@code end}. */
    void acknowledged(UUID topic, long end) {
        Lane lane = lanes.get(topic);
        if (lane != null) {
            lane.unacked.acknowledged(end);
            resume();
        }
    }

    private static void forget(@Nullable Lane lane) {
        if (lane != null) {
            lane.unacked.end();
        }
    }

    /** How long the oldest live message has waited for its acknowledgement. */
    long oldestNanos(long now) {
        long oldest = 0;
        for (Lane lane : lanes.values()) {
            if (lane.topic.isLive()) {
                oldest = Math.max(oldest, lane.unacked.oldestNanos(now));
            }
        }
        return oldest;
    }

    void close() {
        closed = true;
        lanes.clear();
        ready.clear();
    }

    private boolean hasCapacity() {
        return !closed && stream.isWritable() && !unacked.isFull();
    }

    private void run() {
        int seen = wakeUps.get();
        do {
            try {
                work();
            } catch (RuntimeException e) { // Otherwise shipping would stop without any report.
                LOG.error("Shipping to {} failed", stream.peer(), e);
                context.onLoop(broken);
            }
            seen = wakeUps.addAndGet(-seen);
        } while (seen != 0);
    }

    private void work() {
        Lane lane;
        while (hasCapacity() && (lane = ready.poll()) != null) {
            lane.queued.set(false);
            try {
                if (lanes.get(lane.topic.id()) == lane && ship(lane)) {
                    wake(lane.topic); // Behind the other topics.
                }
            } catch (StorageException.OffsetOutOfRange e) {
                LOG.info("{} needs records that have been trimmed", stream.peer());
                context.onLoop(broken);
                return;
            } catch (StorageException.Closed e) {
                LOG.debug("Shipping to {} ends: {}", stream.peer(), e.toString());
                if (lanes.remove(lane.topic.id(), lane)) {
                    forget(lane); // The topic is deleted, or this node stops.
                }
            } catch (StorageException e) {
                tryLater(lane, e);
            }
        }
    }

    /**
     * A failed read may succeed later (no file handle, for example), so shipping never ends by it
     * (R39). Whether the log is damaged is checked elsewhere, and stops this if so.
     */
    private void tryLater(Lane lane, StorageException cause) {
        LOG.warn(
                "topic {} cannot be read to ship it to {}, the next attempt comes in {} ms: {}",
                lane.topic.log().name(),
                stream.peer(),
                lane.pause.toMillis(),
                cause.toString());
        context.later(lane.pause, () -> wake(lane.topic));
        Duration twice = lane.pause.multipliedBy(2);
        lane.pause = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    /** Ships for one turn; true if there is more. */
    private boolean ship(Lane lane) {
        long limit = lane.topic.shipLimit();
        if (lane.next >= limit) {
            return false;
        }
        try (ReplicationReader reader = new ReplicationReader(lane.topic, lane.next)) {
            for (int i = 0; i < MESSAGES_A_TURN && hasCapacity(); i++) {
                Optional<ReplicationReader.Chunk> read = reader.next(lane.topic.shipLimit());
                if (read.isEmpty()) {
                    return false;
                }
                ReplicationReader.Chunk chunk = read.get();
                send(lane, chunk.base(), chunk.end(), chunk.batches());
            }
        }
        return true;
    }

    private void send(Lane lane, long base, long end, ByteBuffer batches) {
        if (!lane.unacked.add(end, batches.remaining(), context.nowNanos())) {
            return; // Its topic was stopped or reset meanwhile.
        }
        lane.next = end;
        if (lane.offeredEnd < end) {
            lane.offeredEnd = end;
        }
        lane.pause = FIRST_PAUSE;
        Object livePhase =
                lane.topic.livePhase(); // Before the watermark, which a new phase resets.
        OptionalLong watermark = lane.topic.log().highWatermark();
        stream.send(new Message.Append(epoch, lane.topic.id(), base, watermark, batches));
        lane.sentWatermark = new SentWatermark(livePhase, watermark);
    }
}
