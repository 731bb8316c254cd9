package io.lignum.server.config;

import io.lignum.cluster.transport.PeerTls;
import io.lignum.server.tls.ClientAuth;
import io.lignum.server.tls.TlsConfig;
import io.lignum.server.tls.TlsMode;
import io.lignum.server.tls.TlsVersion;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Checks the settings of TLS against each other, and collects them. */
final class TlsSettings {

    private static final List<ConfigKey> FILES = List.of(
            ConfigKey.TLS_CERT_FILE,
            ConfigKey.TLS_KEY_FILE,
            ConfigKey.TLS_KEY_PASSWORD_FILE,
            ConfigKey.TLS_CLIENT_CA_FILE,
            ConfigKey.CLUSTER_TLS_CA_FILE);

    private final Settings settings;
    private final TlsConfig.Listener http;
    private final TlsConfig.Listener grpc;

    TlsSettings(Settings settings) {
        this.settings = settings;
        http = listener(ConfigKey.SERVER_TLS_MODE, ConfigKey.SERVER_CLIENT_AUTH);
        grpc = listener(ConfigKey.SERVER_GRPC_TLS_MODE, ConfigKey.SERVER_GRPC_CLIENT_AUTH);
    }

    private TlsConfig.Listener listener(ConfigKey mode, ConfigKey clientAuth) {
        ConfigKey inForce = settings.optionalText(mode).isPresent() ? mode : ConfigKey.TLS_MODE;
        return new TlsConfig.Listener(
                settings.choice(inForce, TlsMode.class),
                settings.choice(clientAuth, ClientAuth.class));
    }

    private boolean isUsed() {
        return http.mode() != TlsMode.OFF || grpc.mode() != TlsMode.OFF || isUsedByPeers();
    }

    private boolean isUsedByPeers() {
        return settings.isClustered()
                && settings.choice(ConfigKey.CLUSTER_TLS, PeerTls.Mode.class) != PeerTls.Mode.OFF;
    }

    /** The paths of files. */
    static List<ConfigKey> files() {
        return FILES;
    }

    void check() {
        if (isUsed()) {
            require(ConfigKey.TLS_CERT_FILE);
            require(ConfigKey.TLS_KEY_FILE);
        }
        if (isUsedByPeers()
                && settings.optionalText(ConfigKey.CLUSTER_TLS_CA_FILE).isEmpty()) {
            settings.problem("%s: needs the CA of the nodes; set %s"
                    .formatted(
                            settings.shown(ConfigKey.CLUSTER_TLS),
                            ConfigKey.CLUSTER_TLS_CA_FILE.path()));
        }
        checkClientAuth(ConfigKey.SERVER_CLIENT_AUTH, http);
        checkClientAuth(ConfigKey.SERVER_GRPC_CLIENT_AUTH, grpc);
    }

    private void require(ConfigKey file) {
        if (settings.optionalText(file).isEmpty()) {
            settings.problem("%s is not set, and TLS needs it: set it, or set %s and %s to off"
                    .formatted(
                            file.path(), ConfigKey.TLS_MODE.path(), ConfigKey.CLUSTER_TLS.path()));
        }
    }

    private void checkClientAuth(ConfigKey key, TlsConfig.Listener listener) {
        if (listener.clientAuth() == ClientAuth.NONE) {
            return;
        }
        if (listener.mode() == TlsMode.OFF) {
            settings.problem("%s: has an effect with TLS only; set %s"
                    .formatted(settings.shown(key), ConfigKey.TLS_MODE.path()));
        } else if (settings.optionalText(ConfigKey.TLS_CLIENT_CA_FILE).isEmpty()) {
            settings.problem("%s: needs the CAs of the clients; set %s"
                    .formatted(settings.shown(key), ConfigKey.TLS_CLIENT_CA_FILE.path()));
        } else if (listener.clientAuth() == ClientAuth.REQUIRED
                && listener.mode() == TlsMode.OPTIONAL) {
            settings.problem("%s: a connection without TLS has no certificate; set the mode of"
                            .formatted(settings.shown(key))
                    + " that port to required, or this key to optional");
        }
    }

    /** A hint for the log about files that are set and not used. */
    Optional<String> hint() {
        return isUsed()
                ? Optional.empty()
                : FILES.stream()
                        .filter(key -> settings.optionalText(key).isPresent())
                        .findFirst()
                        .map(key -> "%s: is not used, because %s and %s are off"
                                .formatted(
                                        settings.shown(key),
                                        ConfigKey.TLS_MODE.path(),
                                        ConfigKey.CLUSTER_TLS.path()));
    }

    Optional<TlsConfig> value() {
        if (!isUsed()) {
            return Optional.empty();
        }
        TlsConfig.Files files = new TlsConfig.Files(
                file(ConfigKey.TLS_CERT_FILE).orElseThrow(),
                file(ConfigKey.TLS_KEY_FILE).orElseThrow(),
                file(ConfigKey.TLS_KEY_PASSWORD_FILE),
                file(ConfigKey.TLS_CLIENT_CA_FILE),
                isUsedByPeers() ? file(ConfigKey.CLUSTER_TLS_CA_FILE) : Optional.empty());
        return Optional.of(new TlsConfig(
                files,
                settings.choice(ConfigKey.TLS_MIN_VERSION, TlsVersion.class),
                settings.millis(ConfigKey.TLS_RELOAD_INTERVAL),
                Duration.ofDays(settings.number(ConfigKey.TLS_EXPIRY_WARNING)),
                isUsedByPeers()
                        ? Optional.of(settings.text(ConfigKey.CLUSTER_NAME))
                        : Optional.empty(),
                http,
                grpc));
    }

    private Optional<Path> file(ConfigKey key) {
        return settings.optionalText(key).map(Path::of);
    }
}
