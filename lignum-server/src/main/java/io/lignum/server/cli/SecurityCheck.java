package io.lignum.server.cli;

import io.lignum.server.cli.SecurityFindings.Port;
import io.lignum.server.config.ConfigException;
import io.lignum.server.config.ConfigLoader;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.config.WorkingDirectory;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;

/** Prints what a node with these settings would show to others, and what is wrong with that. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Prints what a node with these settings exposes: its ports, who is served there, and "
                    + "its certificate. Then what is wrong: connections that others can read, "
                    + "certificates that end, secrets that other users of this host can read, a "
                    + "weak cluster.secret, superusers that do not exist.",
            "Reads files only; it connects to no node. Users are known only while the node is "
                    + "stopped."
        },
        footer = {
            "",
            "Exit codes: 0 nothing is wrong; 1 something is; 2 the settings are not valid.",
            "Example: lignum security check --config config.yml"
        })
final class SecurityCheck implements Callable<Integer> {

    private static final Path DEFAULT_FILE = Path.of("config.yml");

    private final Terminal terminal;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "the node's settings (default: ./config.yml if it exists)")
    private @Nullable Path config;

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    SecurityCheck(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        ConfigLoader loader = new ConfigLoader().environment(terminal.environment());
        Path file = config;
        if (file == null) {
            WorkingDirectory.refuseHidden(DEFAULT_FILE);
            file = Files.exists(DEFAULT_FILE) ? DEFAULT_FILE : null;
        }
        if (file != null) {
            loader.file(file);
        }
        ServerConfig settings;
        try {
            settings = loader.load();
        } catch (ConfigException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
        SecurityFindings findings = SecurityFindings.of(settings, file, Instant.now());
        Output out = new Output(terminal.out());
        if (json) {
            json(out.json(), findings);
        } else {
            text(out, findings);
        }
        out.flush();
        return findings.problems().isEmpty() ? Exit.OK : Exit.FAILED;
    }

    private static void text(Output out, SecurityFindings findings) {
        out.text("mode         " + findings.mode() + "\n");
        for (Port port : findings.ports()) {
            out.text("%-12s %s:%d, TLS %s%n"
                    .formatted(port.name(), port.host(), port.number(), port.tls()));
        }
        findings.certificateEnd()
                .ifPresent(end -> out.text("certificate  ends " + end + ", in "
                        + findings.certificateDays() + " days\n"));
        findings.problems().forEach(problem -> out.text("problem: " + problem + "\n"));
    }

    private static void json(JsonLines json, SecurityFindings findings) {
        json.begin().field("mode", findings.mode()).beginArray("ports");
        for (Port port : findings.ports()) {
            json.begin()
                    .field("name", port.name())
                    .field("host", port.host())
                    .field("port", port.number())
                    .field("tls", port.tls())
                    .end();
        }
        json.endArray();
        findings.certificateEnd()
                .ifPresent(end -> json.field("certificate_ends", end.toString())
                        .field("certificate_days", findings.certificateDays()));
        json.beginArray("problems");
        findings.problems().forEach(text -> json.begin().field("text", text).end());
        json.endArray().endLine();
    }
}
