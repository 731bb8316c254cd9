package io.lignum.client.internal.consumer;

import io.lignum.client.LignumException;
import io.lignum.client.internal.net.Address;
import io.lignum.client.internal.net.ClusterMetadata;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether what a node says against a reader is to be believed, or another one is to be asked first:
 * what may be true of that node alone, or for a moment, is told to the user only when it lasts. One
 * thread at a time.
 */
final class ReadRetryPolicy {

    private final ClusterMetadata nodes;
    private final SubscriptionPosition position;
    private final long patienceNanos;

    /** Since when no node was of use. */
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
            // Who is merely behind, or has not cut its own log yet, cannot know.
            return !nodes.leader().equals(Optional.of(at));
        }
        return error instanceof LignumException.CorruptLog
                || (error instanceof LignumException.UnknownTopic
                        && position.asksForOwnWrites()
                        && !position.isBegun());
    }

    /** A node is of use. */
    void good() {
        since = OptionalLong.empty();
    }
}
