package io.lignum.server;

import io.lignum.cluster.Loop;
import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.peer.Network;
import io.lignum.server.config.ClusterSettings;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.NioDisk;

import java.util.function.Consumer;

/**
 * Makes what a node of a cluster reaches the others with. Another one puts a node into a cluster
 * that is simulated.
 */
public interface ClusterFactory {

    /**
     * The ways out, made for one node, which closes them. What cannot be made, such as a port that
     * is taken, is told by an exception, with nothing left open.
     *
     * @param loop owns the node's state
     */
    record Outside(Loop loop, Coordinator coordinator, Network network) {}

    /**
     * Opens them; the network listens when this returns and answers nobody yet.
     *
     * @param onFailure told when the loop cannot go on
     */
    Outside open(ClusterSettings settings, Consumer<Throwable> onFailure);

    /** Where the node keeps its data; asked for once, before {@link #open}. */
    default Disk disk() {
        return new NioDisk();
    }
}
