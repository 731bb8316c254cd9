package io.lignum.server;

import io.lignum.cluster.consul.ConsulCoordinator;
import io.lignum.cluster.transport.GrpcNetwork;
import io.lignum.cluster.transport.PeerSecurity;
import io.lignum.record.IoErrors;
import io.lignum.server.config.ClusterSettings;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * Creates the real parts: Consul as coordinator, a network over sockets, and the node loop on the
 * network's thread.
 */
class SystemCluster implements ClusterFactory {

    @Override
    public Outside open(Spec spec, Consumer<Throwable> onFailure) {
        GrpcNetwork network = listen(spec, onFailure);
        return new Outside(
                network.nodeLoop(onFailure),
                new ConsulCoordinator(spec.consul(), onFailure),
                network);
    }

    /** Binds the internal port. */
    static GrpcNetwork listen(Spec spec, Consumer<Throwable> onFailure) {
        ClusterSettings settings = spec.settings();
        try {
            return GrpcNetwork.start(
                    new InetSocketAddress(settings.bindHost(), settings.internalPort()),
                    new PeerSecurity(spec.secrets(), settings.clusterName()),
                    spec.tls(),
                    settings.maxBatchBytes(),
                    onFailure);
        } catch (IOException e) {
            throw new NodeStartException(
                    "the internal port cannot be bound on %s (replication.wal-replication-port %d): %s"
                            .formatted(
                                    settings.bindHost(),
                                    settings.internalPort(),
                                    IoErrors.describe(e)),
                    e);
        }
    }
}
