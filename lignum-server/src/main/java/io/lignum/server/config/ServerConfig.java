package io.lignum.server.config;

import java.nio.file.Path;
import java.util.List;

/** A node's settings, checked. Immutable. Made by {@link ConfigLoader}. */
public final class ServerConfig {

    private final Settings settings;
    private final Limits limits;
    private final List<String> hints;

    private ServerConfig(Settings settings, List<String> hints) {
        this.settings = settings;
        this.limits = Limits.of(settings);
        this.hints = List.copyOf(hints);
    }

    static ServerConfig of(Settings settings, List<String> hints) {
        return new ServerConfig(settings, hints);
    }

    /** A standalone node with its data in {@code directory} and both ports chosen freely. */
    public static ServerConfig embedded(Path directory) {
        return new ConfigLoader()
                .set(ConfigKey.SERVER_HOST.path(), "127.0.0.1")
                .set(ConfigKey.SERVER_PORT.path(), "0")
                .set(ConfigKey.SERVER_GRPC_PORT.path(), "0")
                .set(ConfigKey.MESSAGE_DATA_DIR.path(), directory.toString())
                .load();
    }

    public String host() {
        return settings.text(ConfigKey.SERVER_HOST);
    }

    /** 0 asks the system for a free port. */
    public int httpPort() {
        return settings.whole(ConfigKey.SERVER_PORT);
    }

    /** 0 asks the system for a free port. */
    public int grpcPort() {
        return settings.whole(ConfigKey.SERVER_GRPC_PORT);
    }

    public Path dataDirectory() {
        return Path.of(settings.text(ConfigKey.MESSAGE_DATA_DIR));
    }

    public Limits limits() {
        return limits;
    }

    // storage settings follow

    /** Settings that are obeyed but worth a line in the log. */
    public List<String> hints() {
        return hints;
    }

    /** The settings in force as YAML, each with its source; secrets are masked. */
    public String print() {
        return ConfigPrinter.print(settings);
    }
}
