package io.lignum.cluster.internal.state;

import io.lignum.cluster.peer.Membership;
import io.lignum.record.IoErrors;
import io.lignum.storage.env.ShortageException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Stores the cluster's members in a file of this node (R38), because the coordinator may lose its
 * data. The set only grows: a node stays in it although the coordinator does not know it any more.
 *
 * <p>The node loop only.
 */
public final class MembersKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(MembersKeeper.class);

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final NodeContext context;
    private final NodeIdentityKeeper identity;
    private final ClusterView view;
    private final MembersFile file;
    private final Consumer<Throwable> failed;
    private Membership known;
    private Membership durable;
    private boolean writing;
    private boolean full;

    /**
     * Starts with the content of the file.
     *
     * @param failed called when the disk fails
     */
    public MembersKeeper(
            NodeContext context,
            NodeIdentityKeeper identity,
            ClusterView view,
            StoredMembers stored,
            Consumer<Throwable> failed) {
        this.context = context;
        this.identity = identity;
        this.view = view;
        this.failed = failed;
        file = stored.file();
        known = stored.content();
        durable = known;
    }

    public Membership known() {
        return known;
    }

    /**
     * Called when the view may have changed: stores new members, if the view is of this node's
     * cluster.
     */
    public void update() {
        Optional<ClusterState> state = view.state()
                .filter(seen ->
                        identity.identity().clusterId().equals(Optional.of(seen.clusterId())));
        if (state.isPresent()) {
            known = known.merge(seen(state.get()));
            write();
        }
    }

    private Membership seen(ClusterState state) {
        List<Membership.Known> nodes = view.nodes().entrySet().stream()
                .map(entry -> new Membership.Known(
                        entry.getKey(),
                        entry.getValue().address(),
                        entry.getValue().decommissioned()))
                .toList();
        return new Membership(state.epoch(), state.version(), state.minIsr(), state.isr(), nodes);
    }

    private void write() {
        if (writing || known.equals(durable)) {
            return;
        }
        writing = true;
        Membership now = known;
        context.blocking(() -> {
            try {
                file.write(now);
                context.onLoop(() -> written(now));
            } catch (IOException e) {
                context.onLoop(() -> notWritten(e));
            }
        });
    }

    private void written(Membership now) {
        writing = false;
        full = false;
        durable = now;
        write();
    }

    /**
     * A shortage of disk space or file handles is not a failure (R36): the file is written when it
     * is over.
     */
    private void notWritten(IOException cause) {
        if (!(cause instanceof ShortageException)) {
            failed.accept(cause);
            return;
        }
        if (!full) {
            LOG.warn(
                    "The list of the cluster's members cannot be written now: {}",
                    IoErrors.describe(cause));
        }
        full = true;
        context.later(RETRY, () -> {
            writing = false;
            write();
        });
    }
}
