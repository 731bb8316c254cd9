package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.ClusterView;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentityKeeper;
import io.lignum.cluster.internal.state.StoredState;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.storage.StorageException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Prepares an elected node to lead: makes the epoch durable (R10), then completes the {@code wal}
 * topics from other nodes (R29), and reads which topics are about to become live. One object per
 * election.
 *
 * <p>The node loop only. It reports exactly one result to its listener, unless {@link #end} is
 * called first.
 */
public final class LeaderPreparation {

    private static final Duration READ_RETRY = Duration.ofMillis(200);

    /** Notified of the result, once. */
    public interface Listener {
        /**
         * The node can lead.
         *
         * @param becomingLive topics that a record of an earlier epoch makes live and that is not
         *     applied here yet
         */
        void prepared(StoredState elected, Set<UUID> becomingLive);

        /** The disk accepts the epoch or the logs' data and does not finish writing. */
        void diskStalled();

        /** The epoch could not be written. */
        void diskFailed(@Nullable Throwable cause);
    }

    private final NodeContext context;
    private final NodeIdentityKeeper identity;
    private final ClusterView view;
    private final TopicCatalog catalog;
    private final Listener listener;
    private boolean over;

    public LeaderPreparation(
            NodeContext context,
            NodeIdentityKeeper identity,
            ClusterView view,
            TopicCatalog catalog,
            Listener listener) {
        this.context = context;
        this.identity = identity;
        this.view = view;
        this.catalog = catalog;
        this.listener = listener;
    }

    /**
     * Starts.
     *
     * @param elected the state with which this node was elected
     * @param others log ends of the other nodes
     */
    public void start(StoredState elected, List<PeerResponse.Progress> others) {
        context.later(context.config().lagLimit(), () -> {
            if (!over) {
                listener.diskStalled();
            }
        });
        context.onLoop(
                identity.persistEpochOf(elected.value())
                        .thenCompose(durable ->
                                new TailCatchUp(context, durable, view, others, () -> over).run())
                        .thenCompose(pulled -> becomingLive()),
                (topics, failure) -> {
                    if (over) {
                        return;
                    }
                    over = true;
                    if (topics == null) {
                        listener.diskFailed(failure);
                    } else {
                        listener.prepared(elected, topics);
                    }
                });
    }

    /** A damaged metadata log is not led (R37), so none of its records will be applied. */
    private CompletableFuture<Set<UUID>> becomingLive() {
        return catalog.becomingLive().exceptionallyCompose(failure -> {
            Throwable cause = NodeContext.causeOf(failure);
            if (cause instanceof StorageException.CorruptLog) {
                return CompletableFuture.completedFuture(Set.of());
            } else if (cause instanceof StorageException.DiskFailed
                    || cause instanceof StorageException.Overloaded) {
                return becomingLiveLater(); // A failed read says nothing about data on the disk.
            }
            return CompletableFuture.failedFuture(failure);
        });
    }

    private CompletableFuture<Set<UUID>> becomingLiveLater() {
        CompletableFuture<Set<UUID>> later = new CompletableFuture<>();
        context.later(
                READ_RETRY,
                () -> NodeContext.forward(
                        over ? CompletableFuture.completedFuture(Set.of()) : becomingLive(),
                        later));
        return later;
    }

    /** The election is void; no result is reported. */
    public void end() {
        over = true;
    }
}
