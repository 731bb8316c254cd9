package io.lignum.server.cli;

import io.lignum.storage.LogInspector;
import io.lignum.storage.StorageException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the offline commands have in common. */
final class Offline {

    private Offline() {}

    /** Refuses a directory that somebody works on, as what is being appended looks damaged. */
    static LogInspector open(Path target, boolean sealedOnly) {
        if (!Files.exists(target)) {
            throw CommandFailure.failed("there is no " + target);
        }
        LogInspector inspector;
        try {
            inspector = LogInspector.of(target);
        } catch (StorageException.ForeignDirectory e) {
            throw CommandFailure.failed(
                    target + " is no data directory of Lignum, and no topic's directory either");
        } catch (StorageException.UnsupportedFormat e) {
            throw new CommandFailure(Exit.UNSUPPORTED_VERSION, String.valueOf(e.getMessage()));
        }
        Optional<String> holder = inspector.holder();
        if (holder.isPresent() && !sealedOnly) {
            throw new CommandFailure(
                    Exit.IN_USE,
                    target + " is in use by " + holder.get()
                            + "; stop it first, or look at its sealed segments with --sealed-only");
        }
        return inspector;
    }

    /** A node that works on the directory would not see what is changed in it. */
    static void refuseInUse(Path directory) {
        Optional<String> holder = open(directory, true).holder();
        if (holder.isPresent()) {
            throw new CommandFailure(
                    Exit.IN_USE, directory + " is in use by " + holder.get() + "; stop it first");
        }
    }
}
