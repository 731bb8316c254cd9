package io.lignum.server.config;

import io.lignum.server.tls.ConsulTls;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Checks how the Consul agent is reached, and collects the files of its TLS. */
final class ConsulRules {

    private static final List<ConfigKey> TLS_FILES = List.of(
            ConfigKey.CONSUL_TLS_CA_FILE,
            ConfigKey.CONSUL_TLS_CERT_FILE,
            ConfigKey.CONSUL_TLS_KEY_FILE);

    private static final List<String> OWN_HOST = List.of("localhost", "127.0.0.1", "::1");

    private final Settings settings;

    ConsulRules(Settings settings) {
        this.settings = settings;
    }

    /** The paths of files. */
    static List<ConfigKey> tlsFiles() {
        return TLS_FILES;
    }

    private boolean isHttps() {
        return settings.choice(ConfigKey.CONSUL_SCHEME, ConfigKey.Scheme.class)
                == ConfigKey.Scheme.HTTPS;
    }

    void check() {
        for (ConfigKey file : TLS_FILES) {
            if (!isHttps() && settings.optionalText(file).isPresent()) {
                settings.problem("%s: has an effect with https only; set %s"
                        .formatted(settings.shown(file), ConfigKey.CONSUL_SCHEME.path()));
            }
        }
        needs(ConfigKey.CONSUL_TLS_CERT_FILE, ConfigKey.CONSUL_TLS_KEY_FILE);
        needs(ConfigKey.CONSUL_TLS_KEY_FILE, ConfigKey.CONSUL_TLS_CERT_FILE);
    }

    private void needs(ConfigKey given, ConfigKey other) {
        if (settings.optionalText(given).isPresent()
                && settings.optionalText(other).isEmpty()) {
            settings.problem("%s: needs the other half; set %s"
                    .formatted(settings.shown(given), other.path()));
        }
    }

    /** A hint about a token that others can read. */
    Optional<String> hint() {
        boolean readable = new SecretSettings(settings).isGiven(ConfigKey.CONSUL_ACL_TOKEN)
                && !isHttps()
                && !OWN_HOST.contains(settings.text(ConfigKey.CONSUL_HOST));
        return readable
                ? Optional.of("%s: the token for Consul goes over the network unencrypted; use an"
                                .formatted(settings.shown(ConfigKey.CONSUL_HOST))
                        + " agent on this host, or %s: https"
                                .formatted(ConfigKey.CONSUL_SCHEME.path()))
                : Optional.empty();
    }

    /** The files of TLS; empty: the agent is reached without. */
    Optional<ConsulTls.Sources> tls() {
        return isHttps()
                ? Optional.of(new ConsulTls.Sources(
                        file(ConfigKey.CONSUL_TLS_CA_FILE),
                        file(ConfigKey.CONSUL_TLS_CERT_FILE),
                        file(ConfigKey.CONSUL_TLS_KEY_FILE)))
                : Optional.empty();
    }

    private Optional<Path> file(ConfigKey key) {
        return settings.optionalText(key).map(Path::of);
    }
}
