package io.lignum.server;

import io.lignum.cluster.Loop;
import io.lignum.cluster.consul.ConsulSettings;
import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.peer.Network;
import io.lignum.cluster.transport.PeerSecrets;
import io.lignum.cluster.transport.PeerTls;
import io.lignum.server.config.ClusterSettings;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.NioDisk;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Opens what a node of a cluster runs on: its node loop, its coordinator, its network to other
 * nodes, its disk. The testkit and the simulation have their own.
 */
public interface ClusterFactory {

    /**
     * The connections of one node, which closes them.
     *
     * @param loop owns the node's state
     */
    record Outside(Loop loop, Coordinator coordinator, Network network) {}

    /**
     * What the connections are for.
     *
     * @param tls how nodes use TLS among themselves; empty: not at all
     * @param secrets what nodes prove to each other; they may change while the node runs
     * @param consul how to reach the agent; that may change as well
     */
    record Spec(
            ClusterSettings settings,
            Optional<PeerTls> tls,
            Supplier<PeerSecrets> secrets,
            Supplier<ConsulSettings> consul) {}

    /**
     * Opens the connections. The network listens when this returns, but does not answer yet. Throws
     * if something cannot be opened, such as a port in use; then nothing stays open.
     *
     * @param onFailure called when the loop cannot continue
     */
    Outside open(Spec spec, Consumer<Throwable> onFailure);

    /** The disk of the node's data; called once, before {@link #open}. */
    default Disk disk() {
        return new NioDisk();
    }
}
