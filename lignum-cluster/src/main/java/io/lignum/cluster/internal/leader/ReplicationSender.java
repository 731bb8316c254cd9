package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.record.RecordBatch;
import io.lignum.storage.LogCursor;
import io.lignum.storage.StorageException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
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
 * lanes until it is 0 again: that task, or a {@link #push} on the node's loop.
 */
public final class ReplicationSender {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicationSender.class);

    static final int CHUNK_BYTES = 512 * 1024;
    private static final int FIRST_BYTES = 8 * 1024;
    private static final int MAX_UNACKED_BYTES = 32 << 20;
    private static final int CHUNKS_A_TURN = 16;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** The state of shipping one topic to the follower. */
    private static final class Lane {
        private final LeaderTopic topic;
        private final AtomicBoolean queued = new AtomicBoolean();
        private final ArrayDeque<Sent> unacked = new ArrayDeque<>(); // guarded by itself
        private boolean dropped; // guarded by unacked: messages sent from now on are not waited for
        private volatile long next;

        /** End of what was sent or waits on the node's loop to be pushed; a hint only. */
        private volatile long offeredEnd;

        /** The high watermark that the last message carried, in which live phase of the topic. */
        private volatile SentWatermark sentWatermark = new SentWatermark(0, OptionalLong.empty());

        private Duration pause = FIRST_PAUSE; // belongs to the task that ships

        Lane(LeaderTopic topic, long next) {
            this.topic = topic;
            this.next = next;
            this.offeredEnd = next;
        }
    }

    private record SentWatermark(int livePhase, OptionalLong watermark) {
        boolean covers(int phase, long wanted) {
            return livePhase == phase && watermark.isPresent() && watermark.getAsLong() >= wanted;
        }
    }

    private record Sent(long end, int bytes, long atNanos) {}

    private final NodeContext node;
    private final int epoch;
    private final PeerStream link;
    private final Runnable broken;
    private final ConcurrentHashMap<UUID, Lane> lanes = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Lane> ready = new ConcurrentLinkedQueue<>();
    private final AtomicInteger wakeUps = new AtomicInteger();
    private final AtomicInteger unackedMessages = new AtomicInteger();
    private final AtomicInteger unackedBytes = new AtomicInteger();
    private volatile boolean closed;

    /**
     * Ships nothing until {@link #open}.
     *
     * @param broken runs on the node's loop when the follower must start again, for example because
     *     records were trimmed
     */
    public ReplicationSender(NodeContext node, int epoch, PeerStream link, Runnable broken) {
        this.node = node;
        this.epoch = epoch;
        this.link = link;
        this.broken = broken;
    }

    /** The follower's log agrees with the leader's up to {@code from}: ships what follows. */
    public void open(LeaderTopic topic, long from) {
        forget(lanes.put(topic.id(), new Lane(topic, from)));
        wake(topic);
    }

    /** Ships nothing of this topic until it is opened again. */
    public void stop(UUID topic) {
        forget(lanes.remove(topic));
        resume(); // Other topics may have waited for what this one occupied.
    }

    public boolean isOpen(UUID topic) {
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
    public boolean offer(LeaderTopic topic, long base, long end) {
        Lane lane = lanes.get(topic.id());
        if (lane == null || lane.offeredEnd != base) {
            return false;
        }
        lane.offeredEnd = end;
        return true;
    }

    /**
     * Sends batches that were just written. If that is not possible now, they are read from the
     * file later. The node's loop only.
     */
    public void push(LeaderTopic topic, long base, long end, ByteBuffer batches) {
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
            LOG.error("Shipping to {} failed", link.peer(), e);
            node.onLoop(broken);
        } finally {
            if (owner && wakeUps.addAndGet(-1) != 0) {
                node.blocking(this::run);
            }
        }
    }

    /** There may be something to ship. Any thread; does not block. */
    public void wake(LeaderTopic topic) {
        Lane lane = lanes.get(topic.id());
        if (lane != null && lane.queued.compareAndSet(false, true)) {
            ready.add(lane);
            resume();
        }
    }

    /** The stream may accept messages again. Any thread; does not block. */
    public void resume() {
        if (!closed && !ready.isEmpty() && wakeUps.getAndIncrement() == 0) {
            node.blocking(this::run);
        }
    }

    /** The follower has flushed the topic up to {@code end}. */
    void acknowledged(UUID topic, long end) {
        Lane lane = lanes.get(topic);
        if (lane != null) {
            synchronized (lane.unacked) {
                while (!lane.unacked.isEmpty() && lane.unacked.peekFirst().end() <= end) {
                    release(lane.unacked.removeFirst());
                }
            }
            resume();
        }
    }

    private void forget(@Nullable Lane lane) {
        if (lane != null) {
            synchronized (lane.unacked) {
                lane.dropped = true;
                lane.unacked.forEach(this::release);
                lane.unacked.clear();
            }
        }
    }

    private void release(Sent sent) {
        unackedMessages.decrementAndGet();
        unackedBytes.addAndGet(-sent.bytes());
    }

    /** How long the oldest live message has waited for its acknowledgement. */
    long oldestNanos(long now) {
        long oldest = 0;
        for (Lane lane : lanes.values()) {
            if (lane.topic.isLive()) {
                synchronized (lane.unacked) {
                    Sent first = lane.unacked.peekFirst();
                    oldest = first == null ? oldest : Math.max(oldest, now - first.atNanos());
                }
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
        return !closed
                && link.isWritable()
                && unackedMessages.get() < node.config().queueSize()
                && unackedBytes.get() < MAX_UNACKED_BYTES;
    }

    private void run() {
        int seen = wakeUps.get();
        do {
            try {
                work();
            } catch (RuntimeException e) { // Otherwise shipping would stop without any report.
                LOG.error("Shipping to {} failed", link.peer(), e);
                node.onLoop(broken);
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
                LOG.info("{} needs records that have been trimmed", link.peer());
                node.onLoop(broken);
                return;
            } catch (StorageException.Closed e) {
                LOG.debug("Shipping to {} ends: {}", link.peer(), e.toString());
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
                link.peer(),
                lane.pause.toMillis(),
                cause.toString());
        node.later(lane.pause, () -> wake(lane.topic));
        Duration twice = lane.pause.multipliedBy(2);
        lane.pause = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    /** Ships for one turn; true if there is more. */
    private boolean ship(Lane lane) {
        long limit = lane.topic.shipLimit();
        if (lane.next >= limit) {
            return false;
        }
        try (LogCursor cursor = lane.topic.log().replicationCursor(lane.next)) {
            Chunks chunks = new Chunks(lane, cursor);
            for (int i = 0; i < CHUNKS_A_TURN && hasCapacity(); i++) {
                if (!chunks.send(lane.topic.shipLimit())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Gathers whole batches into messages. */
    private final class Chunks {
        private final Lane lane;
        private final LogCursor cursor;
        private boolean pending;

        Chunks(Lane lane, LogCursor cursor) {
            this.lane = lane;
            this.cursor = cursor;
        }

        /** False: there is no more below the limit. */
        boolean send(long limit) {
            byte[] bytes = new byte[0];
            int length = 0;
            long base = lane.next;
            long end = base;
            while (end < limit && (pending || cursor.next())) {
                pending = true;
                RecordBatch batch = cursor.batch();
                int size = batch.sizeInBytes();
                if (length > 0 && length + size > CHUNK_BYTES) {
                    break;
                }
                bytes = withCapacity(bytes, length, size);
                ByteBuffer slice = batch.slice();
                slice.get(slice.position(), bytes, length, size);
                length += size;
                end = batch.nextOffset();
                pending = false;
            }
            if (length == 0) {
                return false;
            }
            ReplicationSender.this.send(lane, base, end, ByteBuffer.wrap(bytes, 0, length));
            return true;
        }
    }

    private void send(Lane lane, long base, long end, ByteBuffer batches) {
        synchronized (lane.unacked) {
            if (lane.dropped) {
                return; // Its topic was stopped or reset meanwhile.
            }
            lane.unacked.addLast(new Sent(end, batches.remaining(), node.nowNanos()));
            unackedMessages.incrementAndGet();
            unackedBytes.addAndGet(batches.remaining());
        }
        lane.next = end;
        if (lane.offeredEnd < end) {
            lane.offeredEnd = end;
        }
        lane.pause = FIRST_PAUSE;
        int livePhase = lane.topic.livePhase(); // Before the watermark, which a new phase resets.
        OptionalLong watermark = lane.topic.log().highWatermark();
        link.send(new Message.Append(epoch, lane.topic.id(), base, watermark, batches));
        lane.sentWatermark = new SentWatermark(livePhase, watermark);
    }

    private static byte[] withCapacity(byte[] bytes, int length, int size) {
        if (length + size <= bytes.length) {
            return bytes;
        }
        int wanted = length == 0 ? Math.max(size, FIRST_BYTES) : Math.min(CHUNK_BYTES, 4 * length);
        return Arrays.copyOf(bytes, Math.max(wanted, length + size));
    }
}
