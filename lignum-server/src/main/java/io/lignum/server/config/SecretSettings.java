package io.lignum.server.config;

import io.lignum.cluster.transport.PeerSecrets;
import io.lignum.record.IoErrors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The secrets among the settings. Each stands in a key, or in a file that another key names, so
 * that it need not be in config.yml. Reads files.
 */
final class SecretSettings {

    /** Keys by the key of the file that can hold their value. */
    private static final Map<ConfigKey, ConfigKey> FILES = Map.of(
            ConfigKey.CLUSTER_SECRET, ConfigKey.CLUSTER_SECRET_FILE,
            ConfigKey.CONSUL_ACL_TOKEN, ConfigKey.CONSUL_ACL_TOKEN_FILE);

    private static final int MAX_BYTES = 4_096;

    private final Settings settings;

    SecretSettings(Settings settings) {
        this.settings = settings;
    }

    /** Whether the secret is given, in either way. */
    boolean isGiven(ConfigKey key) {
        return settings.optionalText(key).isPresent()
                || settings.optionalText(file(key)).isPresent();
    }

    /** The keys whose value is the path of a file with a secret. */
    static List<ConfigKey> filesWithSecrets() {
        return List.of(
                ConfigKey.TLS_KEY_FILE,
                ConfigKey.TLS_KEY_PASSWORD_FILE,
                ConfigKey.CLUSTER_SECRET_FILE,
                ConfigKey.CLUSTER_OTHER_SECRETS_FILE,
                ConfigKey.CONSUL_ACL_TOKEN_FILE,
                ConfigKey.CONSUL_TLS_KEY_FILE,
                ConfigKey.SECURITY_BOOTSTRAP_USER_FILE);
    }

    /** Whether the value of a secret stands in this file of settings. */
    boolean isIn(Path file) {
        return FILES.keySet().stream()
                .filter(key -> settings.optionalText(key).isPresent())
                .anyMatch(key -> settings.setting(key).origin().startsWith(file.toString()));
    }

    private static ConfigKey file(ConfigKey key) {
        return Optional.ofNullable(FILES.get(key))
                .orElseThrow(() -> new IllegalArgumentException(key + " is no secret"));
    }

    /**
     * Returns the secret; empty: it is not given.
     *
     * @throws ConfigException its file could be read when the settings were checked, and cannot now
     */
    Optional<String> value(ConfigKey key) {
        Optional<String> file = settings.optionalText(file(key));
        if (file.isEmpty()) {
            return settings.optionalText(key);
        }
        try {
            return Optional.of(read(Path.of(file.get())));
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException(List.of(problem(file(key), e)));
        }
    }

    /**
     * The secrets of the cluster.
     *
     * @throws ConfigException a file cannot be used now
     */
    PeerSecrets ofPeers() {
        Optional<String> own = value(ConfigKey.CLUSTER_SECRET);
        Optional<String> file = settings.optionalText(ConfigKey.CLUSTER_OTHER_SECRETS_FILE);
        if (file.isEmpty()) {
            return PeerSecrets.of(own);
        }
        try {
            return new PeerSecrets(own, lines(Path.of(file.get())));
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException(List.of(problem(ConfigKey.CLUSTER_OTHER_SECRETS_FILE, e)));
        }
    }

    private void checkOthers() {
        if (settings.optionalText(ConfigKey.CLUSTER_OTHER_SECRETS_FILE).isEmpty()) {
            return;
        }
        if (!isGiven(ConfigKey.CLUSTER_SECRET)) {
            settings.problem("%s: has an effect with a secret only; set %s"
                    .formatted(
                            settings.shown(ConfigKey.CLUSTER_OTHER_SECRETS_FILE),
                            ConfigKey.CLUSTER_SECRET_FILE.path()));
            return;
        }
        try {
            ofPeers();
        } catch (ConfigException e) {
            e.problems().forEach(settings::problem);
        }
    }

    /** A hint about a secret of the cluster that can be guessed; reads files. */
    Optional<String> hint() {
        PeerSecrets secrets = ofPeers();
        return Stream.concat(secrets.own().stream(), secrets.others().stream())
                .filter(PeerSecrets::isWeak)
                .findFirst()
                .map(weak -> ("%s has fewer than %d characters: who records a handshake between two"
                                + " nodes can guess it. Use a random one, such as the output of:"
                                + " openssl rand -base64 32")
                        .formatted(ConfigKey.CLUSTER_SECRET.path(), PeerSecrets.MIN_STRONG_CHARS));
    }

    void check() {
        checkSecrets();
        checkOthers();
    }

    private void checkSecrets() {
        FILES.forEach((key, file) -> {
            Optional<String> path = settings.optionalText(file);
            if (path.isEmpty()) {
                return;
            }
            if (settings.optionalText(key).isPresent()) {
                settings.problem("%s: %s is set, too; leave one of them out"
                        .formatted(settings.shown(file), key.path()));
            }
            try {
                read(Path.of(path.get()));
            } catch (IOException | IllegalArgumentException e) {
                settings.problem(problem(file, e));
            }
        });
    }

    private String problem(ConfigKey file, Exception e) {
        String why = e instanceof IOException ? IoErrors.describe(e) : e.getMessage();
        return "%s: %s".formatted(settings.shown(file), why);
    }

    /**
     * Hints about secrets that other users of this host can see.
     *
     * @param flags the paths of the keys that stand in the command line of this process
     */
    static List<String> hints(Set<String> flags) {
        return FILES.keySet().stream()
                .sorted()
                .filter(key -> flags.contains(key.path()))
                .map(key -> "%s was given as a flag, which every user of this host can read in the"
                                .formatted(key.path())
                        + " list of processes: use %s or the variable %s"
                                .formatted(file(key).path(), key.environmentName()))
                .toList();
    }

    private static String read(Path file) throws IOException {
        List<String> lines = lines(file);
        if (lines.size() != 1) {
            throw new IllegalArgumentException("the file must hold one line, the secret");
        }
        return lines.get(0);
    }

    /** The lines without spaces around them; empty ones are left out. */
    private static List<String> lines(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IllegalArgumentException(
                        "the file has more than " + MAX_BYTES + " bytes");
            }
            String text = new String(bytes, StandardCharsets.UTF_8);
            if (text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("the file is not a text");
            }
            return text.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }
}
