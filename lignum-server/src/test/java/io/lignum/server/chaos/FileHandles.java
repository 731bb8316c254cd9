package io.lignum.server.chaos;

import io.lignum.server.cluster.NodeProcess;
import io.lignum.server.cluster.RootCommand;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Limits a running process to the files that it has open, and removes the limit. */
final class FileHandles {

    private FileHandles() {}

    /** Whether this machine has the command. */
    static boolean areLimited() {
        try {
            RootCommand.run("prlimit", "--version");
            return true;
        } catch (IllegalStateException notInstalled) {
            return false;
        }
    }

    /** Allows a running process only this many more files. */
    static void limit(NodeProcess node, int more) {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(node.pid()), "fd"))) {
            set(node, Long.toString(open.count() + more));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets the hard limit again, which a JVM uses at its start. */
    static void release(NodeProcess node) {
        set(
                node,
                RootCommand.run(
                        "prlimit",
                        "--pid",
                        Long.toString(node.pid()),
                        "--nofile",
                        "--output=HARD",
                        "--noheadings"));
    }

    private static void set(NodeProcess node, String soft) {
        RootCommand.run("prlimit", "--pid", Long.toString(node.pid()), "--nofile=" + soft + ":");
    }
}
