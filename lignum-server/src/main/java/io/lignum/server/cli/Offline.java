package io.lignum.server.cli;

import io.lignum.storage.LogInspector;
import io.lignum.storage.StorageException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Common parts of the offline commands. */
final class Offline {

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

    /** Refuses a directory in use, since the running node would not notice changes to it. */
    static void refuseInUse(Path directory) {
        Optional<String> holder = open(directory, true).holder();
        if (holder.isPresent()) {
            throw new CommandFailure(
                    Exit.IN_USE, directory + " is in use by " + holder.get() + "; stop it first");
        }
    }
}
