package io.lignum.server;

import io.lignum.server.config.ClusterSettings;

/** Consul, real sockets and a thread. */
final class SystemCluster implements ClusterFactory {

    @Override
    public Outside open(ClusterSettings settings) {
        throw new UnsupportedOperationException("wired when coordinator and network are there");
    }
}
