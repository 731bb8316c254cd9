package io.lignum.client.internal.consumer;

import io.lignum.client.LignumException;
import io.lignum.client.internal.net.Address;
import io.lignum.client.internal.net.ClusterMetadata;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Decides whether a consumer believes an error of a node, or asks another node first. Errors that
 * may hold for one node only, or for a moment, reach the user only if they last. One thread at a
 * time.
 */
final class ReadRetryPolicy {

    private final ClusterMetadata nodes;
    private final SubscriptionPosition position;
    private final long patienceNanos;

    /** When the first of the current series of errors occurred; empty while a node works. */
    private OptionalLong since = OptionalLong.empty();

    ReadRetryPolicy(ClusterMetadata nodes, SubscriptionPosition position, long patienceNanos) {
        this.nodes = nodes;
        this.position = position;
        this.patienceNanos = patienceNanos;
    }

    /** Whether to ask another node, or the same one later. */
    boolean isNeeded(Address at, LignumException error, long now) {
        if (!mayBeWrong(at, error)) {
            return false;
        }
        if (since.isEmpty()) {
            since = OptionalLong.of(now);
        }
        return now - since.getAsLong() < patienceNanos;
    }

    private boolean mayBeWrong(Address at, LignumException error) {
        if (error instanceof LignumException.NotCaughtUp) {
            return true;
        }
        if (!nodes.isCluster()) {
            return false;
        }
        if (error instanceof LignumException.LogTruncated
                || error instanceof LignumException.TopicRecreated) {
            // Only the leader can know: others may be behind, or not have truncated their own log.
            return !nodes.leader().equals(Optional.of(at));
        }
        return error instanceof LignumException.CorruptLog
                || (error instanceof LignumException.UnknownTopic
                        && position.asksForOwnWrites()
                        && !position.isConfirmed());
    }

    /** A node works. */
    void good() {
        since = OptionalLong.empty();
    }
}
