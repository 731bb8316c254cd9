package io.lignum.server;

import io.lignum.cluster.consul.ConsulSettings;
import io.lignum.server.config.ClusterSettings;
import io.lignum.server.config.ConfigException;
import io.lignum.server.reload.FileReloader;
import io.lignum.server.reload.UnusableFileException;
import io.lignum.server.tls.ConsulTls;

import java.time.Duration;
import java.util.Optional;

/**
 * How to reach the Consul agent, made of the configuration and of the files that may be replaced:
 * CA, certificate, key and token. Immutable.
 */
record ConsulFiles(ConsulSettings settings, Optional<ConsulTls> tls) {

    private static final Duration CONNECT = Duration.ofMillis(500);
    private static final Duration READ = Duration.ofSeconds(2);

    /**
     * Reads the files; blocks.
     *
     * @throws UnusableFileException one cannot be used; the message says what to do
     */
    static FileReloader<ConsulFiles> reloader(ClusterSettings given) {
        ConsulFiles first = of(given, given.consul().tls().map(ConsulTls::load));
        return new FileReloader<>("Consul agent", first, current -> current.ifChanged(given));
    }

    private Optional<ConsulFiles> ifChanged(ClusterSettings given) {
        Optional<ConsulTls> fresh =
                tls.map(present -> present.loadIfChanged(given.consul().tls().orElseThrow()));
        ConsulFiles read = of(given, fresh);
        return read.equals(this) ? Optional.empty() : Optional.of(read);
    }

    private static ConsulFiles of(ClusterSettings given, Optional<ConsulTls> tls) {
        ClusterSettings.Consul agent = given.consul();
        return new ConsulFiles(
                new ConsulSettings(
                        agent.host(),
                        agent.port(),
                        tls.map(files -> new ConsulSettings.Tls(files.context(), files.trust())),
                        token(given),
                        agent.datacenter(),
                        CONNECT,
                        READ),
                tls);
    }

    private static Optional<String> token(ClusterSettings given) {
        try {
            return given.consulToken();
        } catch (ConfigException e) {
            throw new UnusableFileException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The address; the token is a secret. */
    @Override
    public String toString() {
        return settings.toString();
    }
}
