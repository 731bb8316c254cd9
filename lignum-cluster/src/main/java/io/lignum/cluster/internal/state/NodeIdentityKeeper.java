package io.lignum.cluster.internal.state;

import io.lignum.record.IoErrors;
import io.lignum.storage.env.ShortageException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/**
 * Holds the node's {@link NodeIdentity} and makes its changes durable, one write after the other. A
 * change is visible once it is durable.
 *
 * <p>The node loop only, except {@link #identity()}.
 */
public final class NodeIdentityKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(NodeIdentityKeeper.class);

    private static final Duration RETRY_IF_FULL = Duration.ofSeconds(1);

    private record Change(
            UnaryOperator<NodeIdentity> change, CompletableFuture<NodeIdentity> done) {}

    private final NodeContext context;
    private final NodeIdentityFile file;
    private final List<Change> waiting = new ArrayList<>();
    private volatile NodeIdentity identity;
    private boolean writing;
    private boolean full;

    public NodeIdentityKeeper(NodeContext context, NodeIdentityFile file, NodeIdentity identity) {
        this.context = context;
        this.file = file;
        this.identity = identity;
    }

    /** The identity as durable on the disk. Any thread. */
    public NodeIdentity identity() {
        return identity;
    }

    /**
     * Completes on the node loop, with the durable identity. Fails when the disk fails; waits while
     * it is full or no file handle is free.
     */
    public CompletableFuture<NodeIdentity> update(UnaryOperator<NodeIdentity> change) {
        CompletableFuture<NodeIdentity> done = new CompletableFuture<>();
        waiting.add(new Change(change, done));
        write();
        return done;
    }

    /** Makes the state's epoch durable, before this node acts on it (R2, R10). */
    public CompletableFuture<NodeIdentity> persistEpochOf(ClusterState state) {
        return update(before -> before.knowing(state));
    }

    private void write() {
        if (writing || waiting.isEmpty()) {
            return;
        }
        List<Change> batch = new ArrayList<>(waiting);
        waiting.clear();
        NodeIdentity before = identity;
        NodeIdentity after = before;
        for (Change change : batch) {
            after = change.change().apply(after);
        }
        if (after.equals(before)) {
            batch.forEach(change -> change.done().complete(before));
            return;
        }
        writing = true;
        NodeIdentity changed = after;
        context.blocking(() -> {
            try {
                file.write(changed);
                context.onLoop(() -> written(changed, batch));
            } catch (IOException e) {
                context.onLoop(() -> failed(e, batch));
            }
        });
    }

    /**
     * A shortage of disk space or file handles is not a failure (R36): the write is repeated until
     * the file is durable.
     */
    private void failed(IOException cause, List<Change> batch) {
        if (cause instanceof ShortageException) {
            if (!full) {
                LOG.error(
                        "This node's identity cannot be written now: {}", IoErrors.describe(cause));
            }
            full = true;
            waiting.addAll(0, batch);
            context.later(RETRY_IF_FULL, () -> {
                writing = false;
                write();
            });
            return;
        }
        writing = false;
        batch.forEach(change -> change.done().completeExceptionally(cause));
        write();
    }

    private void written(NodeIdentity changed, List<Change> batch) {
        writing = false;
        full = false;
        identity = changed;
        batch.forEach(change -> change.done().complete(changed));
        write();
    }
}
