package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.ClusterView;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentityKeeper;
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
 * A node's way from its election to its lead: the epoch is made durable (R10), and wal topics are
 * completed (R29). For one election.
 *
 * <p>The node's loop only.
 */
public final class LeaderPreparation {

    private static final Duration READ_RETRY = Duration.ofMillis(200);

    /** What this tells the node; one of it, once, unless this ends before. */
    public interface Listener {
        /**
         * Nothing is in the lead's way any more.
         *
         * @param becomingLive topics that an earlier epoch made live, which is not carried out here
         *     yet
         */
        void acceded(ClusterState state, long index, Set<UUID> becomingLive);

        /** The disk takes what must be durable and does not finish it. */
        void diskStalled();

        /** The disk did not take it. */
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
     * Begins it.
     *
     * @param state what this node was elected with, at this index
     * @param others what other nodes have of wal topics
     */
    public void start(ClusterState state, long index, List<PeerResponse.Progress> others) {
        context.later(context.config().lagLimit(), () -> {
            if (!over) {
                listener.diskStalled();
            }
        });
        context.onLoop(
                identity.remember(state)
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
                        listener.acceded(state, index, topics);
                    }
                });
    }

    /** A damaged metadata log is not led (R37), so nothing of it is to be carried out. */
    private CompletableFuture<Set<UUID>> becomingLive() {
        return catalog.becomingLive().exceptionallyCompose(failure -> {
            Throwable cause = NodeContext.causeOf(failure);
            if (cause instanceof StorageException.CorruptLog) {
                return CompletableFuture.completedFuture(Set.of());
            } else if (cause instanceof StorageException.DiskFailed
                    || cause instanceof StorageException.Overloaded) {
                return becomingLiveLater(); // It was only read, which proves nothing of the disk.
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

    /** The node does something else: nothing of this counts any more. */
    public void end() {
        over = true;
    }
}
