package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.MissingEntry;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** Lists what a node in mode observe would refuse in mode on, as commands that grant it. */
@Command(
        name = "missing",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the grants that callers lacked since the start of a node in mode observe, as "
                    + "commands that make them; what was granted meanwhile is left out. Callers "
                    + "without a login are listed as comments.",
            "Each node remembers its own calls, the last 1,000 kinds of them: ask all nodes. Read "
                    + "the commands before you run them."
        },
        footer = {"", "Example: lignum access missing --server oak-1:9080"})
final class AccessMissing implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--json", description = SecurityText.JSON)
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    AccessMissing(Terminal terminal) {
        this.terminal = terminal;
    }

    /** What one command grants. */
    private record Target(String principal, String resource) {}

    @Override
    public Integer call() throws IOException {
        try (SecurityAdmin admin = AdminConnection.security(connect, terminal)) {
            List<MissingEntry> missing = admin.missing();
            Output out = new Output(terminal.out());
            if (json) {
                missing.forEach(entry -> SecurityText.json(out.json(), entry));
            } else {
                commands(out, missing);
            }
            out.flush();
            return Exit.OK;
        }
    }

    private static void commands(Output out, List<MissingEntry> missing) {
        Map<Target, List<MissingEntry>> byTarget = missing.stream()
                .filter(entry -> !entry.isAnonymous())
                .collect(Collectors.groupingBy(
                        entry -> new Target(entry.principal(), entry.resource()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        byTarget.forEach((target, entries) -> out.text("lignum access grant "
                + quoted(target.principal) + " "
                + entries.stream()
                        .map(MissingEntry::action)
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(","))
                + " " + target.resource + "\n"));
        missing.stream()
                .filter(MissingEntry::isAnonymous)
                .forEach(entry -> out.text("# without a login, last from " + entry.address() + ": "
                        + entry.action() + " on " + entry.resource() + "\n"));
    }

    /** For the shell; the owner of a certificate may have any name. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9._@:-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
