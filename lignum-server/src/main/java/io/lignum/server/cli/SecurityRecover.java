package io.lignum.server.cli;

import io.lignum.access.credential.TokenText;
import io.lignum.server.security.RecoveryFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;

/** Writes the hash of a recovery token into a data directory, and prints the token. */
@Command(
        name = "recover",
        mixinStandardHelpOptions = true,
        description = {
            "Prints a token with which you may do everything at one node, for example set the "
                    + "password of an administrator. For operators who can no longer log in.",
            "The token is valid for one hour, at the node with this data directory, and for calls "
                    + "from that node's host. The node may run."
        },
        footer = {
            "",
            "Example: lignum security recover --data-dir topics > recovery.token",
            "         lignum user password admin --token-file recovery.token"
        })
final class SecurityRecover implements Callable<Integer> {

    private static final Duration VALID = Duration.ofHours(1);

    private final Terminal terminal;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            required = true,
            description = "the node's data directory")
    private Path directory = Path.of("");

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    SecurityRecover(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Offline.requireDataDirectory(directory);
        TokenText token = TokenText.random();
        Instant until = Instant.now().plus(VALID);
        RecoveryFile.write(directory, token, until);
        Path file = directory.resolve(RecoveryFile.NAME);
        Output out = new Output(terminal.out());
        if (json) {
            out.json()
                    .begin()
                    .field("token", token.text())
                    .field("file", file.toString())
                    .field("until_ms", until.toEpochMilli())
                    .endLine();
        } else {
            out.text(token.text() + "\n");
        }
        out.flush();
        terminal.say("the token is valid for one hour, at this node only, and for calls from this"
                + " host only; to end it earlier, delete " + file);
        return Exit.OK;
    }
}
