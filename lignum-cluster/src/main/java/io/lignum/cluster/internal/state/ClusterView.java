package io.lignum.cluster.internal.state;

import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.Watched;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The coordinator's data as this node last saw it, through two watches: on the leader lock and on
 * the cluster's folder. It may be out of date, so decisions are based on another, consistent read.
 *
 * <p>The node loop only.
 */
public final class ClusterView {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterView.class);

    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Duration RETRY = Duration.ofMillis(300);

    private final NodeContext context;
    private final Runnable changed;
    private final Runnable answered;
    private final TreeMap<String, NodeRecord> nodes = new TreeMap<>();
    private final TreeMap<String, String> lives = new TreeMap<>();
    private Optional<Entry> lock = Optional.empty();
    private Optional<ClusterState> state = Optional.empty();
    private long stateIndex;
    private boolean lockKnown;
    private boolean folderKnown;

    public ClusterView(NodeContext context, Runnable changed, Runnable answered) {
        this.context = context;
        this.changed = changed;
        this.answered = answered;
    }

    public void start() {
        watch(context.keys().lock(), 0, this::lockSeen);
        watch(context.keys().folder(), 0, this::folderSeen);
    }

    private void watch(String prefix, long index, Consumer<List<Entry>> seen) {
        context.onLoop(context.coordinator().watch(prefix, index, WAIT), (found, failure) -> {
            if (found == null) {
                LOG.debug("watching {} failed: {}", prefix, String.valueOf(failure));
                context.later(RETRY, () -> watch(prefix, 0, seen));
                return;
            }
            answered.run();
            seen.accept(found.entries());
            changed.run();
            watch(prefix, nextIndex(index, found), seen);
        });
    }

    /**
     * An index that decreases means that the coordinator's data was replaced: the watch starts
     * again.
     */
    private static long nextIndex(long before, Watched found) {
        return found.index() < before ? 0 : Math.max(1, found.index());
    }

    private void lockSeen(List<Entry> entries) {
        lockKnown = true;
        lock = entries.stream()
                .filter(entry -> entry.key().equals(context.keys().lock()))
                .findFirst();
    }

    private void folderSeen(List<Entry> entries) {
        folderKnown = true;
        nodes.clear();
        lives.clear();
        state = Optional.empty();
        stateIndex = 0;
        for (Entry entry : entries) {
            try {
                take(entry);
            } catch (IllegalArgumentException e) {
                LOG.error("key {} of the coordinator is damaged: {}", entry.key(), e.getMessage());
            }
        }
    }

    private void take(Entry entry) {
        CoordinatorKeys keys = context.keys();
        String key = entry.key();
        if (key.equals(keys.state())) {
            state = Optional.of(StateJson.decodeState(entry.value()));
            stateIndex = entry.modifyIndex();
        } else if (key.startsWith(keys.nodes())) {
            nodes.put(key.substring(keys.nodes().length()), StateJson.decodeNode(entry.value()));
        } else if (key.startsWith(keys.lives())) {
            entry.session()
                    .ifPresent(session -> lives.put(key.substring(keys.lives().length()), session));
        }
    }

    /** Whether both watches have answered at least once. */
    public boolean isKnown() {
        return lockKnown && folderKnown;
    }

    public Optional<ClusterState> state() {
        return state;
    }

    /**
     * Takes over a state that was read consistently or written, which is newer than what the watch
     * showed.
     */
    public void update(StoredState newer) {
        if (newer.index() > stateIndex) {
            state = Optional.of(newer.value());
            stateIndex = newer.index();
        }
    }

    /** The session that holds the leader lock. */
    public Optional<String> lockHolder() {
        return lock.flatMap(Entry::session);
    }

    /** Number of nodes that were registered and not decommissioned: the N of the rules (R35). */
    public int size() {
        return (int) nodes.values().stream()
                .filter(record -> !record.decommissioned())
                .count();
    }

    /** The same without this node, whether or not it counts now. */
    public int countWithout(String nodeId) {
        NodeRecord one = nodes.get(nodeId);
        return one == null || one.decommissioned() ? size() : size() - 1;
    }

    public SortedMap<String, NodeRecord> nodes() {
        return nodes;
    }

    @Nullable
    public NodeRecord find(String nodeId) {
        return nodes.get(nodeId);
    }

    /**
     * Whether the node's session holds its key: its process runs, as far as the coordinator knows.
     */
    public boolean isAlive(String nodeId) {
        return lives.containsKey(nodeId);
    }
}
