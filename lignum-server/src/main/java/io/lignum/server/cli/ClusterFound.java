package io.lignum.server.cli;

import io.lignum.cluster.node.ClusterInit;
import io.lignum.server.config.ConfigException;
import io.lignum.server.config.ConfigLoader;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Prepares the data of a stopped standalone node for a new cluster. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = {
            "Prepares the data of a stopped standalone node for a new cluster. At its next start "
                    + "with a consul section in its settings, the node creates a cluster with these "
                    + "topics, if Consul has none of that name yet.",
            "A node without data needs no preparation: it creates a cluster or joins an existing "
                    + "one."
        },
        footer = {"", "Example: lignum cluster init --config config.yml"})
final class ClusterFound implements Callable<Integer> {

    private final Terminal terminal;

    @ArgGroup(multiplicity = "1")
    private Where where = new Where();

    /** Which data directory: exactly one of the two options. */
    static final class Where {
        @Option(
                names = {"-c", "--config"},
                paramLabel = "FILE",
                description = "the node's settings, which contain its data directory")
        private @Nullable Path config;

        @Option(names = "--data-dir", paramLabel = "DIR", description = "the data directory itself")
        private @Nullable Path directory;
    }

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    ClusterFound(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Path directory = directory();
        Offline.refuseInUse(directory);
        ClusterInit.prepare(directory);
        ClusterText.done(
                terminal,
                json,
                "the next start of this node creates a cluster with the data in " + directory);
        return Exit.OK;
    }

    private Path directory() {
        if (where.directory != null) {
            return where.directory;
        }
        ConfigLoader loader = new ConfigLoader().environment(terminal.environment());
        if (where.config != null) {
            loader.file(where.config);
        }
        try {
            return loader.load().dataDirectory();
        } catch (ConfigException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
    }
}
