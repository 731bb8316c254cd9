package io.lignum.cluster;

import io.lignum.record.LogRecord;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A node of a cluster around a store. Reads go to the store's topics, whose readable end is what is committed;
 * everything that changes something goes through here, on any node.
 *
 * <p>Any thread; nothing blocks. Futures complete on threads that must not be blocked, and fail with {@link
 * ClusterException} or {@link io.lignum.storage.StorageException}.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class ClusterNode implements AutoCloseable {

    /** Where a record stands. {@code leader} is the id of the node that led. */
    public record Committed(long firstOffset, int count, boolean duplicate, String leader) {}

    /** What to do with an append when another node leads. */
    public enum Elsewhere {
        /** Send it there and answer what the leader answers. */
        FORWARD,
        /** Fail with {@link ClusterException.NotLeader}, which says who leads. */
        REFUSE
    }

    private ClusterNode() {}

    /** Begins to take part. The store stays the caller's to close, after this node. */
    public static ClusterNode start(
            LogStore store, ClusterConfig config, ClusterEnvironment environment) {
        throw new UnsupportedOperationException();
    }

    /** Appends a record, to a topic that is created if absent. */
    public CompletableFuture<Committed> append(
            String topic, LogRecord record, Elsewhere elsewhere) {
        throw new UnsupportedOperationException();
    }

    /** Appends records as one batch: all or none. */
    public CompletableFuture<Committed> append(
            String topic, List<LogRecord> records, AppendOptions options, Elsewhere elsewhere) {
        throw new UnsupportedOperationException();
    }

    /** Appends a batch that is built already; its bytes are copied before this returns. */
    public CompletableFuture<Committed> append(
            String topic, ByteBuffer batch, AppendOptions options, Elsewhere elsewhere) {
        throw new UnsupportedOperationException();
    }

    /** Creates a topic on all nodes; completes when it is committed and here. */
    public CompletableFuture<TopicLog> createTopic(String name, TopicConfig config) {
        throw new UnsupportedOperationException();
    }

    /** Changes a topic's settings on all nodes; completes when that is committed and done here. */
    public CompletableFuture<TopicLog> alterTopic(String name, TopicConfig config) {
        throw new UnsupportedOperationException();
    }

    /** Deletes a topic on all nodes; completes when that is committed and done here. */
    public CompletableFuture<Void> deleteTopic(String name) {
        throw new UnsupportedOperationException();
    }

    /** Drops records below {@code newStart} on all nodes; completes when that is committed and done here. */
    public CompletableFuture<Void> trimTopic(String name, long newStart) {
        throw new UnsupportedOperationException();
    }

    /** Whether a topic is the cluster's own and nobody's to see. */
    public static boolean isInternal(TopicLog log) {
        return log.name().startsWith("__");
    }

    /**
     * Completes with the offset, exclusive, up to which this node's log must be readable for a linearizable read that
     * began now (R24, R25).
     */
    public CompletableFuture<Long> readIndex(TopicLog log) {
        throw new UnsupportedOperationException();
    }

    /** What this node knows. */
    public ClusterStatus status() {
        throw new UnsupportedOperationException();
    }

    /** What the leader knows. */
    public CompletableFuture<ClusterStatus> leaderStatus() {
        throw new UnsupportedOperationException();
    }

    /** Who leads, as far as this node knows. */
    public Optional<ClusterException.Leader> leader() {
        throw new UnsupportedOperationException();
    }

    /** Called at every change of role, on the node's loop; must be quick. */
    public void onRole(Consumer<ClusterStatus.Role> observer) {
        throw new UnsupportedOperationException();
    }

    /**
     * Hands leadership over to a node, or to the one that is furthest, without losing an append (R6). Completes when the
     * lock is given up.
     */
    public CompletableFuture<Void> transferLeadership(Optional<String> toNodeId) {
        throw new UnsupportedOperationException();
    }

    /** Takes a node out of the cluster for good: out of the in-sync replicas first, then off the count (R35). */
    public CompletableFuture<Void> decommission(String nodeId) {
        throw new UnsupportedOperationException();
    }

    /**
     * An operator's word that this node's data is what the cluster goes on with: after the coordinator lost its data or
     * was restored, or, with {@code unclean}, when no in-sync replica is left and losing committed records is accepted.
     */
    public CompletableFuture<Void> recover(boolean unclean) {
        throw new UnsupportedOperationException();
    }

    /** Leaves the cluster gracefully: hands over if it leads (R6), for at most {@code patience}. */
    public CompletableFuture<Void> leave(Duration patience) {
        throw new UnsupportedOperationException();
    }

    /** Stops at once; whatever is on its way ends with outcome UNKNOWN. Call {@link #leave} before, to be kind. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
