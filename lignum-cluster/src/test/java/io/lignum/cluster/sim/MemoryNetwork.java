package io.lignum.cluster.sim;

import io.lignum.cluster.peer.Network;
import io.lignum.cluster.peer.NodeAddress;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A network in memory with faults that can be made. It behaves like TCP: a link delivers in order
 * or breaks; what a cut holds back is delivered when the cut is healed in time, and otherwise both
 * sides find out by themselves, not at the same moment. Questions have no order among each other.
 *
 * <p>Everything is called back from tasks of the {@link Ticker}, without a lock held. Any thread.
 */
public final class MemoryNetwork {

    /**
     * How good the network is.
     *
     * @param minDelay of everything that travels, one way
     * @param maxDelay of everything that travels, one way
     * @param linkBufferBytes on their way on one link before it stops to be writable
     * @param silence after which a side gives up a link that is cut; up to half as much again, by
     *     chance
     * @param connectTimeout to a node that is cut off
     */
    public record Quality(
            Duration minDelay,
            Duration maxDelay,
            long linkBufferBytes,
            Duration silence,
            Duration connectTimeout) {

        /** Like nodes in one building. */
        public static Quality ordinary() {
            return new Quality(
                    Duration.ofNanos(100_000),
                    Duration.ofMillis(2),
                    1 << 20,
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(1));
        }
    }

    /** Called for each message and request that arrives, before its receiver. */
    interface Tap {
        void arrives(String from, String to, Object what);
    }

    /** One direction between two nodes. */
    private record Way(String from, String to) {}

    final Ticker ticker;
    final Quality quality;

    /* Everything below, and the state of ends and asks, is guarded by this object's monitor. */
    private final Random random;
    private final Map<String, MemoryNode> nodes = new HashMap<>();
    private final List<MemoryEnd> ends = new ArrayList<>();
    private final List<MemoryAsk> asks = new ArrayList<>();
    private final Map<Way, Long> cuts = new HashMap<>();
    private final Map<String, Duration> slow = new HashMap<>();
    private long cutsMade;
    private Tap tap = (from, to, what) -> {};

    public MemoryNetwork(Ticker ticker, Random random, Quality quality) {
        this.ticker = ticker;
        this.random = random;
        this.quality = quality;
    }

    /**
     * The network as a node sees it. An address can be used again after its view was closed or
     * crashed.
     */
    public synchronized Network node(NodeAddress self) {
        MemoryNode before = nodes.get(key(self));
        if (before != null && before.isAlive()) {
            throw new IllegalStateException(key(self) + " is there already");
        }
        MemoryNode node = new MemoryNode(this, self);
        nodes.put(node.key, node);
        return node;
    }

    // ---- faults

    /** Blocks all messages between the two, in both directions, until {@link #heal}. */
    public synchronized void cut(NodeAddress one, NodeAddress other) {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    /** Blocks all messages in this direction until {@link #heal}. */
    public synchronized void cutOneWay(NodeAddress from, NodeAddress to) {
        Way way = new Way(key(from), key(to));
        if (cuts.containsKey(way)) {
            return;
        }
        long number = ++cutsMade;
        cuts.put(way, number);
        for (MemoryEnd end : ends) {
            if (end.isBetween(way.from, way.to)) {
                ticker.schedule(patience(), () -> giveUp(end, way, number));
            }
        }
    }

    private Duration patience() {
        long nanos = quality.silence.toNanos();
        return Duration.ofNanos(nanos + (long) (random.nextDouble() * nanos / 2));
    }

    private synchronized void giveUp(MemoryEnd end, Way way, long number) {
        Long present = cuts.get(way);
        if (present != null && present == number) {
            end.breakOff("no sign of life from " + end.peer());
        }
    }

    /** Connects the two again. */
    public synchronized void heal(NodeAddress one, NodeAddress other) {
        cuts.remove(new Way(key(one), key(other)));
        cuts.remove(new Way(key(other), key(one)));
        pumpAll();
    }

    /** Connects all nodes again. */
    public synchronized void healAll() {
        cuts.clear();
        pumpAll();
    }

    private void pumpAll() {
        for (MemoryEnd end : ends) {
            ticker.schedule(end.delayToHere(), end::pump);
        }
    }

    /** Cuts a node off from all other present nodes. */
    public synchronized void isolate(NodeAddress node) {
        for (MemoryNode other : List.copyOf(nodes.values())) {
            if (!other.key.equals(key(node))) {
                cut(node, other.self);
            }
        }
    }

    /** Breaks all connections of a node; messages on their way are lost. */
    public synchronized void reset(NodeAddress node) {
        String key = key(node);
        for (MemoryEnd end : List.copyOf(ends)) {
            if (end.home.key.equals(key) || end.remote.equals(key)) {
                end.breakOff("connection reset");
            }
        }
        for (MemoryAsk ask : List.copyOf(asks)) {
            if (ask.isBetween(key)) {
                ask.breakOff();
            }
        }
    }

    /**
     * Kills a node's process: nothing more is called in it, and its peers find their connections
     * broken. The address can be used immediately for another {@link #node}.
     */
    public synchronized void crash(NodeAddress node) {
        MemoryNode present = nodes.remove(key(node));
        if (present != null) {
            present.die();
            leave(present, true);
        }
    }

    /** Delays everything to and from this node by {@code extra}; zero ends it. */
    public synchronized void slow(NodeAddress node, Duration extra) {
        slow.put(key(node), extra);
    }

    // ---- for the parts

    synchronized void tap(Tap listener) {
        tap = listener;
    }

    void tell(String from, String to, Object what) {
        tap.arrives(from, to, what);
    }

    static String key(NodeAddress address) {
        return address.host() + ":" + address.internalPort();
    }

    /** A node leaves, silently or with its own side notified. */
    synchronized void leave(MemoryNode leaving, boolean silently) {
        nodes.remove(leaving.key, leaving);
        for (MemoryEnd end : List.copyOf(ends)) {
            if (end.home == leaving) {
                end.leave(silently);
            }
        }
        for (MemoryAsk ask : List.copyOf(asks)) {
            if (ask.to.equals(leaving.key)) {
                ask.breakOff();
            } else if (ask.from == leaving) {
                ask.leave(silently);
            }
        }
    }

    @Nullable
    MemoryNode find(String key) {
        return nodes.get(key);
    }

    boolean isCut(String from, String to) {
        return cuts.containsKey(new Way(from, to));
    }

    Duration delay(String from, String to) {
        long min = quality.minDelay.toNanos();
        long span = Math.max(0, quality.maxDelay.toNanos() - min);
        return Duration.ofNanos(min + (long) (random.nextDouble() * span))
                .plus(slow.getOrDefault(from, Duration.ZERO))
                .plus(slow.getOrDefault(to, Duration.ZERO));
    }

    void add(MemoryEnd end) {
        ends.add(end);
    }

    void remove(MemoryEnd end) {
        ends.remove(end);
    }

    void add(MemoryAsk ask) {
        asks.add(ask);
    }

    void remove(MemoryAsk ask) {
        asks.remove(ask);
    }

    /** The addresses in use. */
    public synchronized Set<NodeAddress> present() {
        Set<NodeAddress> present = new HashSet<>();
        nodes.values().forEach(node -> present.add(node.self));
        return present;
    }
}
