package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.NewToken;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Creates a token, and prints it. */
@Command(
        name = "create",
        mixinStandardHelpOptions = true,
        description = {
            "Creates a token, with which a program logs in as the user, and prints it. Nodes keep "
                    + "a hash only, so the token cannot be shown again.",
            "Users may create tokens for themselves."
        },
        footer = {
            "",
            "Example: lignum token create shop --description checkout --valid 90d > shop.token"
        })
final class TokenCreate implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "USER", description = "as whom the token logs in")
    private String owner = "";

    @Option(
            names = "--description",
            paramLabel = "TEXT",
            description = "what the token is for, at most 200 characters")
    private String description = "";

    @Option(
            names = "--valid",
            paramLabel = "TIME",
            description = "how long the token is valid (default: until it is deleted)")
    private @Nullable Duration valid;

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    TokenCreate(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (valid != null && valid.isZero()) {
            throw CommandFailure.usage("--valid must be more than 0");
        }
        try (SecurityAdmin admin = AdminConnection.security(connect, terminal)) {
            NewToken token = admin.createToken(owner, description, Optional.ofNullable(valid));
            Output out = new Output(terminal.out());
            if (json) {
                SecurityText.json(out.json(), token.entry(), token.text());
            } else {
                out.text(token.text() + "\n");
            }
            out.flush();
            terminal.say("created token " + token.entry().id() + " of user "
                    + token.entry().owner() + "; it is not shown again. Programs log in with it"
                    + " by --token-file FILE or LIGNUM_TOKEN");
            return Exit.OK;
        }
    }
}
