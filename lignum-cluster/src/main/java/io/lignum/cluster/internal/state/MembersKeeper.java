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
 * Keeps what this node knows of the cluster's members in its own file (R38), as the coordinator may
 * lose its data. Only grows: a node stays known although the coordinator knows it no more.
 *
 * <p>The node's loop only.
 */
public final class MembersKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(MembersKeeper.class);

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final NodeContext node;
    private final NodeIdentityKeeper identity;
    private final ClusterView view;
    private final MembersFile file;
    private final Consumer<Throwable> failed;
    private Membership known;
    private Membership durable;
    private boolean writing;
    private boolean full;

    /**
     * Begins with what the file has.
     *
     * @param failed called when the disk failed
     */
    public MembersKeeper(
            NodeContext node,
            NodeIdentityKeeper identity,
            ClusterView view,
            MembersFile file,
            Membership known,
            Consumer<Throwable> failed) {
        this.node = node;
        this.identity = identity;
        this.view = view;
        this.file = file;
        this.known = known;
        this.failed = failed;
        durable = known;
    }

    public Membership known() {
        return known;
    }

    /** The view may have changed: takes over what is new in it, if it is of this node's cluster. */
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
                .map(node -> new Membership.Known(
                        node.getKey(),
                        node.getValue().address(),
                        node.getValue().decommissioned()))
                .toList();
        return new Membership(state.epoch(), state.version(), state.minIsr(), state.isr(), nodes);
    }

    private void write() {
        if (writing || known.equals(durable)) {
            return;
        }
        writing = true;
        Membership now = known;
        node.blocking(() -> {
            try {
                file.write(now);
                node.onLoop(() -> written(now));
            } catch (IOException e) {
                node.onLoop(() -> notWritten(e));
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
     * A shortage of room or file handles is no failure (R36): the file is written once it is over.
     */
    private void notWritten(IOException cause) {
        if (!(cause instanceof ShortageException)) {
            failed.accept(cause);
            return;
        }
        if (!full) {
            LOG.warn(
                    "The list of the cluster's members waits for the disk: {}",
                    IoErrors.describe(cause));
        }
        full = true;
        node.later(RETRY, () -> {
            writing = false;
            write();
        });
    }
}
