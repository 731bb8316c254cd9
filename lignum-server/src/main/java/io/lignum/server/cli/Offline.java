package io.lignum.server.cli;

import io.lignum.server.security.BootstrapFile;
import io.lignum.storage.LogInspector;
import io.lignum.storage.StorageException;
import io.lignum.storage.env.SmallFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Common parts of the offline commands. */
final class Offline {

    /** A data directory has this file from the first start of its node. */
    private static final String FORMAT = "lignum.format";

    /** What the engine accepts in a directory that it makes a data directory. */
    private static final Set<String> OF_NEW_DIRECTORIES =
            Set.of("lost+found", "lignum.lock", BootstrapFile.NAME);

    private Offline() {}

    /** Opens a directory, and refuses one in use: data that is being appended looks damaged. */
    static LogInspector open(Path target, boolean sealedOnly) {
        if (!Files.exists(target)) {
            throw CommandFailure.failed("there is no " + target);
        }
        LogInspector inspector;
        try {
            inspector = LogInspector.of(target);
        } catch (StorageException.ForeignDirectory e) {
            throw CommandFailure.failed(
                    target + " is neither a data directory of Lignum nor a topic's directory");
        } catch (StorageException.UnsupportedFormat e) {
            throw new CommandFailure(Exit.UNSUPPORTED_VERSION, String.valueOf(e.getMessage()));
        }
        Optional<String> holder = inspector.holder();
        if (holder.isPresent() && !sealedOnly) {
            throw new CommandFailure(
                    Exit.IN_USE,
                    target + " is in use by " + holder.get()
                            + "; stop it first, or read sealed segments only with --sealed-only");
        }
        return inspector;
    }

    /** Whether a node was started with this data directory. */
    static boolean isDataDirectory(Path directory) {
        return Files.exists(directory.resolve(FORMAT));
    }

    /** Refuses what is not the data directory of a node that was started. */
    static void requireDataDirectory(Path directory) {
        if (!isDataDirectory(directory)) {
            throw CommandFailure.failed(
                    directory + " is not a data directory of Lignum, or was never started");
        }
    }

    /**
     * Makes sure that a file can be put into the data directory of a node that does not run.
     * Creates the directory if it does not exist. Does not make it a data directory, which is left
     * to the node: else the node's user might not own its files.
     */
    static void prepareDataDirectory(Path directory) throws IOException {
        if (Files.exists(directory.resolve(FORMAT))) {
            refuseInUse(directory);
            return;
        }
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(directory)) {
            if (files.map(file -> String.valueOf(file.getFileName()))
                    .anyMatch(name ->
                            !OF_NEW_DIRECTORIES.contains(name) && !SmallFile.isTemporary(name))) {
                throw CommandFailure.failed(
                        directory + " is neither a data directory of Lignum nor empty");
            }
        }
    }

    /** Refuses a directory in use, since the running node would not notice changes to it. */
    static void refuseInUse(Path directory) {
        Optional<String> holder = open(directory, true).holder();
        if (holder.isPresent()) {
            throw new CommandFailure(
                    Exit.IN_USE, directory + " is in use by " + holder.get() + "; stop it first");
        }
    }
}
