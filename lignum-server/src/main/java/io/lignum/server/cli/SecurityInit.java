package io.lignum.server.cli;

import io.lignum.access.Principal;
import io.lignum.access.credential.PasswordPolicy;
import io.lignum.access.credential.ScramCredential;
import io.lignum.access.state.SecurityChange;
import io.lignum.access.state.SecurityRecord;
import io.lignum.server.security.BootstrapFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.Callable;

/** Writes the first administrator into the data directory of a node that does not run. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = {
            "Prepares the first administrator in the data directory of a node that is stopped, or "
                    + "was never started. The node creates the user at its next start, if there is "
                    + "no administrator yet. In a cluster one node is enough.",
            "Asks for the password at the terminal. Without one, and without --password-file, it "
                    + "prints a random password."
        },
        footer = {"", "Example: lignum security init --data-dir topics"})
final class SecurityInit implements Callable<Integer> {

    /** The default of security.password-min-length, since no node is there to ask. */
    private static final PasswordPolicy POLICY = new PasswordPolicy(12);

    private static final int RANDOM_BYTES = 18;

    private final Terminal terminal;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            required = true,
            description = "the node's data directory, which is created if it does not exist")
    private Path directory = Path.of("");

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "name of the administrator (default: ${DEFAULT-VALUE})")
    private String user = "admin";

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "file with the password in its first line")
    private String passwordFile = "";

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    SecurityInit(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        checkUser();
        Offline.prepareDataDirectory(directory);
        refuseExisting();
        boolean random = passwordFile.isEmpty() && !terminal.inIsTerminal();
        String password = random ? randomPassword() : password();
        write(password);
        print(random, password);
        return Exit.OK;
    }

    private void checkUser() {
        try {
            if (Principal.user(user).equals(Principal.ANONYMOUS)) {
                throw CommandFailure.usage("no user can have the name " + user);
            }
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
    }

    private void refuseExisting() {
        Path file = directory.resolve(BootstrapFile.NAME);
        if (Files.exists(file)) {
            throw CommandFailure.failed(file + " exists: the node has not used it yet. Start the"
                    + " node, or delete the file to prepare another administrator");
        }
    }

    private String password() throws IOException {
        String password = passwordFile.isEmpty()
                ? SecretPrompt.askNew(terminal, user)
                : SecretFile.read(Path.of(passwordFile), terminal);
        try {
            POLICY.check(user, password);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
        return password;
    }

    private static String randomPassword() {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    private void write(String password) throws IOException {
        SecurityRecord record = new SecurityRecord(
                UUID.randomUUID().toString(),
                "security-init",
                System.currentTimeMillis(),
                new SecurityChange.Bootstrap(user, ScramCredential.allOf(password)));
        BootstrapFile.write(directory, record);
    }

    private void print(boolean random, String password) throws IOException {
        String done = "the next start of this node creates the user " + user
                + ", who may do everything, unless there is an administrator";
        Output out = new Output(terminal.out());
        if (json) {
            out.json()
                    .begin()
                    .field("user", user)
                    .field("file", directory.resolve(BootstrapFile.NAME).toString());
            if (random) {
                out.json().field("password", password);
            }
            out.json().endLine();
        } else {
            out.text((random ? password : done) + "\n");
        }
        out.flush();
        if (random) {
            terminal.say(done + "; the password is not shown again");
        }
    }
}
