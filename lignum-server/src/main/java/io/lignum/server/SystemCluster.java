package io.lignum.server;

import io.lignum.server.config.ClusterSettings;

import java.util.function.Consumer;

/** Consul, real sockets and a thread. */
final class SystemCluster implements ClusterFactory {

    @Override
    public Outside open(ClusterSettings settings, Consumer<Throwable> onFailure) {
        throw new UnsupportedOperationException("wired when coordinator and network are there");
    }
}
