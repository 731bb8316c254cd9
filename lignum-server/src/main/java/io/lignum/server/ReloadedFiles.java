package io.lignum.server;

import io.lignum.cluster.transport.PeerSecrets;
import io.lignum.cluster.transport.PeerTls;
import io.lignum.server.config.ClusterSettings;
import io.lignum.server.config.ConfigException;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.metrics.NodeMetrics;
import io.lignum.server.reload.FileReloader;
import io.lignum.server.reload.UnusableFileException;
import io.lignum.server.service.NodeThreads;
import io.lignum.server.tls.CipherSuites;
import io.lignum.server.tls.TlsMode;
import io.lignum.server.tls.TlsReloader;

import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The files of a node that are read again while it runs: key, certificates and secrets. {@link
 * LignumNode} creates and closes it. Any thread.
 */
final class ReloadedFiles implements AutoCloseable {

    private final ScheduledExecutorService timer;
    private final Optional<TlsReloader> tls;
    private final Optional<FileReloader<PeerSecrets>> secrets;
    private final Optional<FileReloader<ConsulFiles>> consul;

    private ReloadedFiles(
            ScheduledExecutorService timer,
            Optional<TlsReloader> tls,
            Optional<FileReloader<PeerSecrets>> secrets,
            Optional<FileReloader<ConsulFiles>> consul) {
        this.timer = timer;
        this.tls = tls;
        this.secrets = secrets;
        this.consul = consul;
    }

    /** @throws NodeStartException a file cannot be used; the message says what to do */
    static ReloadedFiles start(ServerConfig config, NodeThreads threads, NodeMetrics metrics) {
        ScheduledExecutorService timer = threads.timer("lignum-files");
        try {
            Optional<TlsReloader> tls =
                    config.tls().map(settings -> TlsReloader.start(settings, timer));
            tls.ifPresent(metrics::observe);
            Optional<FileReloader<PeerSecrets>> secrets =
                    config.cluster().map(ReloadedFiles::secrets);
            secrets.ifPresent(reloader -> {
                if (config.cluster().orElseThrow().hasSecretFiles()) {
                    reloader.watch(timer, config.reloadInterval());
                }
                metrics.reloads("lignum.cluster.secret.reloads", reloader);
            });
            Optional<FileReloader<ConsulFiles>> consul =
                    config.cluster().map(ConsulFiles::reloader);
            consul.ifPresent(reloader -> {
                if (config.cluster().orElseThrow().hasConsulFiles()) {
                    reloader.watch(timer, config.reloadInterval());
                }
                metrics.reloads("lignum.consul.file.reloads", reloader);
            });
            return new ReloadedFiles(timer, tls, secrets, consul);
        } catch (UnusableFileException e) {
            timer.shutdown();
            throw new NodeStartException(String.valueOf(e.getMessage()), e);
        }
    }

    private static FileReloader<PeerSecrets> secrets(ClusterSettings settings) {
        return new FileReloader<>("Secrets of the cluster", read(settings), current -> {
            PeerSecrets read = read(settings);
            return read.equals(current) ? Optional.empty() : Optional.of(read);
        });
    }

    private static PeerSecrets read(ClusterSettings settings) {
        try {
            return settings.secrets();
        } catch (ConfigException e) {
            throw new UnusableFileException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The key and certificate, if anything of the node uses TLS. */
    Optional<TlsReloader> tls() {
        return tls;
    }

    /** Whether HTTP requests must use TLS. */
    boolean isTlsRequiredForHttp() {
        return tls.filter(of -> of.config().http().mode() == TlsMode.REQUIRED).isPresent();
    }

    /** What the connections of a cluster's node need. */
    ClusterFactory.Spec spec(ClusterSettings settings) {
        return new ClusterFactory.Spec(
                settings,
                ofPeers(settings),
                () -> secrets.orElseThrow().current(),
                () -> consul.orElseThrow().current().settings());
    }

    /** The TLS of connections between nodes; empty: they use none. */
    private Optional<PeerTls> ofPeers(ClusterSettings settings) {
        if (settings.tls() == PeerTls.Mode.OFF) {
            return Optional.empty();
        }
        TlsReloader of = tls.orElseThrow(); // Never without TLS by mistake.
        return Optional.of(new PeerTls(
                settings.tls(),
                () -> of.current().peerContext().orElseThrow(),
                of.config().minVersion().protocols(),
                CipherSuites.NAMES));
    }

    @Override
    public void close() {
        timer.shutdown(); // Without an interrupt: a check may be reading files.
    }
}
