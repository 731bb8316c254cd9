package io.lignum.server.config;

import io.lignum.storage.env.OpenFilesLimit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Builds a node's settings from all sources: flags override the environment, which overrides the
 * file. The command line and embedding programs use one object for one start, on one thread.
 * {@link #load} reports all problems at once.
 */
public final class ConfigLoader {

    private long heapBytes = Runtime.getRuntime().maxMemory();
    private OptionalLong openFiles = OpenFilesLimit.read();
    private Optional<Path> file = Optional.empty();
    private Map<String, String> environment = Map.of();
    private final Map<String, String> flags = new LinkedHashMap<>();
    private final Set<String> commandLine = new HashSet<>();

    public ConfigLoader file(Path path) {
        this.file = Optional.of(path);
        return this;
    }

    /**
     * Adds variables named {@code LIGNUM_SERVER_PORT} and so on; ignores others. An unknown
     * variable with that prefix becomes a hint that names the nearest key.
     */
    public ConfigLoader environment(Map<String, String> variables) {
        this.environment = Map.copyOf(variables);
        return this;
    }

    /** Sets a key, such as {@code server.port}. This overrides all other sources. */
    public ConfigLoader set(String key, String value) {
        flags.put(key, value);
        return this;
    }

    /** As {@link #set}, for a key of this process's command line. */
    public ConfigLoader flag(String key, String value) {
        commandLine.add(key);
        return set(key, value);
    }

    /** Passes every key and its meaning to {@code consumer}, for the help of the command line. */
    public static void describeKeys(BiConsumer<String, String> consumer) {
        for (ConfigKey key : ConfigKey.values()) {
            String unset = key.isOptional() ? "unset" : key.defaultText();
            consumer.accept(key.path(), key.meaning() + " (" + unset + ")");
        }
    }

    /**
     * Settings for a node inside another program: data in {@code directory}, loopback address,
     * ports that the system chooses.
     */
    public ConfigLoader embedded(Path directory) {
        return set(ConfigKey.SERVER_HOST.path(), "127.0.0.1")
                .set(ConfigKey.SERVER_PORT.path(), "0")
                .set(ConfigKey.SERVER_GRPC_PORT.path(), "0")
                .set(ConfigKey.REPLICATION_PORT.path(), "0")
                .set(ConfigKey.MESSAGE_DATA_DIR.path(), directory.toString());
    }

    /** Sets the heap size that the limits are fitted to; the default is that of this JVM. */
    ConfigLoader heap(long bytes) {
        heapBytes = bytes;
        return this;
    }

    /** Sets the number of files that the process may open; the default is that of this process. */
    ConfigLoader openFiles(long limit) {
        openFiles = OptionalLong.of(limit);
        return this;
    }

    /**
     * Parses and checks the settings.
     *
     * @throws ConfigException names every problem
     */
    public ServerConfig load() {
        Settings settings = new Settings();
        List<RawSetting> sections = List.of();
        if (file.isPresent()) {
            YamlFile yaml = YamlFile.read(file.get());
            yaml.problems().forEach(settings::problem);
            yaml.settings().forEach(settings::apply);
            sections = yaml.sections();
            reportUnknownSections(settings, sections);
        }
        EnvironmentVariables variables = new EnvironmentVariables(environment);
        variables.settings().forEach(settings::apply);
        flags.forEach((key, value) -> settings.apply(new RawSetting(key, value, "flag --" + key)));
        settings.decideCluster(sections);
        Optional<String> memory = new HeapLimits(settings, heapBytes).fit();
        List<String> hints = new ArrayList<>(new FileLimits(settings, openFiles).fit());
        hints.addAll(SecretSettings.hints(commandLine));
        ConfigRules rules = new ConfigRules(settings);
        rules.check();
        settings.throwIfAnyProblem();
        hints.addAll(variables.hints());
        hints.addAll(rules.hints());
        return ServerConfig.of(settings, hints, memory);
    }

    private static void reportUnknownSections(Settings settings, List<RawSetting> sections) {
        for (RawSetting section : sections) {
            boolean known = false;
            for (ConfigKey key : ConfigKey.values()) {
                known |= key.section().equals(section.path());
            }
            if (!known) {
                settings.problem("%s (%s): unknown section; the nearest key is %s"
                        .formatted(
                                Shown.text(section.path()),
                                section.origin(),
                                NearestKey.to(section.path() + ".")));
            }
        }
    }
}
