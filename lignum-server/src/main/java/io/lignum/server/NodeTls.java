package io.lignum.server;

import io.lignum.cluster.transport.PeerTls;
import io.lignum.server.config.ClusterSettings;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.metrics.NodeMetrics;
import io.lignum.server.service.NodeThreads;
import io.lignum.server.tls.CipherSuites;
import io.lignum.server.tls.TlsConfig;
import io.lignum.server.tls.TlsFilesException;
import io.lignum.server.tls.TlsMode;
import io.lignum.server.tls.TlsReloader;

import java.util.Optional;

/**
 * The TLS of a node: its files, watched while it runs, and what listeners and peers make of them.
 * {@link LignumNode} creates and closes it. Any thread.
 */
final class NodeTls implements AutoCloseable {

    private final Optional<TlsReloader> reloader;

    private NodeTls(Optional<TlsReloader> reloader) {
        this.reloader = reloader;
    }

    /** @throws NodeStartException a file cannot be used; the message says what to do */
    static NodeTls start(ServerConfig config, NodeThreads threads, NodeMetrics metrics) {
        Optional<TlsConfig> settings = config.tls();
        if (settings.isEmpty()) {
            return new NodeTls(Optional.empty());
        }
        try {
            TlsReloader started = TlsReloader.start(settings.get(), threads.timer("lignum-tls"));
            metrics.observe(started);
            return new NodeTls(Optional.of(started));
        } catch (TlsFilesException e) {
            throw new NodeStartException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The key and certificate, if anything of the node uses TLS. */
    Optional<TlsReloader> reloader() {
        return reloader;
    }

    /** Whether HTTP requests must use TLS. */
    boolean isRequiredForHttp() {
        return reloader.filter(of -> of.config().http().mode() == TlsMode.REQUIRED)
                .isPresent();
    }

    /** The TLS of connections between nodes; empty: they use none. */
    Optional<PeerTls> ofPeers(ClusterSettings settings) {
        if (settings.tls() == PeerTls.Mode.OFF) {
            return Optional.empty();
        }
        TlsReloader of = reloader.orElseThrow(); // Never without TLS by mistake.
        return Optional.of(new PeerTls(
                settings.tls(),
                () -> of.current().peerContext().orElseThrow(),
                of.config().minVersion().protocols(),
                CipherSuites.NAMES));
    }

    @Override
    public void close() {
        reloader.ifPresent(TlsReloader::close);
    }
}
