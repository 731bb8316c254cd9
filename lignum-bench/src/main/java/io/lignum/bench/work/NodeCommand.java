package io.lignum.bench.work;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds the command line that starts a node, up to the arguments of {@code serve}. Three settings
 * choose it: {@code start} is {@code jar} (the plain jar), {@code archive} (the jar with the class
 * archive next to it, if there is one) or {@code script} ({@code bin/lignum}); {@code flags} are
 * additional JVM flags, separated by spaces; {@code java} is another JVM.
 */
public final class NodeCommand {

    private static final Path SCRIPT = Path.of("bin", "lignum");

    private NodeCommand() {}

    /**
     * Returns the command.
     *
     * @param defaultStart how the node is started unless the settings say otherwise
     * @param flags JVM flags that come before those of the settings
     */
    public static List<String> of(WorkSettings settings, String defaultStart, List<String> flags)
            throws IOException {
        List<String> options = new ArrayList<>(flags);
        settings.find("flags").ifPresent(more -> options.addAll(List.of(more.split(" ", -1))));
        String java = settings.find("java").orElseGet(StandaloneNode::java);
        String jar = settings.text("jar");
        String start = settings.find("start").orElse(defaultStart);
        List<String> command = new ArrayList<>();
        if (start.equals("script")) {
            command.addAll(List.of(
                    "env",
                    "JAVA=" + java,
                    "LIGNUM_JAR=" + jar,
                    "LIGNUM_JAVA_OPTS=" + String.join(" ", options),
                    script().toString()));
            return command;
        }
        command.add(java);
        command.addAll(options);
        Path archive = Path.of(jar.replaceFirst("\\.jar$", ".jsa"));
        if (start.equals("archive") && Files.exists(archive)) {
            command.addAll(
                    List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-Xlog:disable"));
        }
        command.addAll(List.of("-jar", jar));
        return command;
    }

    /** Finds the script from the root of the repository or from a module's directory. */
    private static Path script() throws IOException {
        for (Path root : List.of(Path.of(""), Path.of(".."))) {
            Path script = root.toAbsolutePath().resolve(SCRIPT).normalize();
            if (Files.isExecutable(script)) {
                return script;
            }
        }
        throw new IOException("there is no " + SCRIPT + " here");
    }
}
