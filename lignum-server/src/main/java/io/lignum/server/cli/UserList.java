package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.UserEntry;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

/** Lists users. */
@Command(
        name = "list",
        aliases = "ls",
        mixinStandardHelpOptions = true,
        description = "Lists the users by name.",
        footer = {"", "Example: lignum user list --json | jq -r .name"})
final class UserList implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--json", description = SecurityText.JSON)
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    UserList(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (SecurityAdmin admin = AdminConnection.security(connect, terminal)) {
            List<UserEntry> users = admin.users();
            Output out = new Output(terminal.out());
            if (json) {
                users.forEach(user -> SecurityText.json(out.json(), user));
            } else if (users.isEmpty()) {
                terminal.say("no users yet; 'lignum user create' creates one");
            } else {
                SecurityText.users(out, users);
            }
            out.flush();
            return Exit.OK;
        }
    }
}
