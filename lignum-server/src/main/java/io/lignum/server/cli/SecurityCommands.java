package io.lignum.server.cli;

import picocli.CommandLine;

/** Registers the commands for users, tokens and grants. */
final class SecurityCommands {

    private SecurityCommands() {}

    static void addTo(CommandLine root, Terminal terminal) {
        root.addSubcommand(new CommandLine(new UserCommand())
                        .addSubcommand(new UserCreate(terminal))
                        .addSubcommand(new UserList(terminal))
                        .addSubcommand(new UserPassword(terminal))
                        .addSubcommand(new UserDelete(terminal)))
                .addSubcommand(new CommandLine(new TokenCommand())
                        .addSubcommand(new TokenCreate(terminal))
                        .addSubcommand(new TokenList(terminal))
                        .addSubcommand(new TokenDelete(terminal)))
                .addSubcommand(new CommandLine(new AccessCommand())
                        .addSubcommand(new AccessGrant(terminal))
                        .addSubcommand(new AccessRevoke(terminal))
                        .addSubcommand(new AccessList(terminal))
                        .addSubcommand(new AccessCheck(terminal))
                        .addSubcommand(new AccessMissing(terminal))
                        .addSubcommand(new AccessWhoAmI(terminal)))
                .addSubcommand(new CommandLine(new SecurityCommand())
                        .addSubcommand(new SecurityInit(terminal))
                        .addSubcommand(new SecurityRecover(terminal))
                        .addSubcommand(new SecurityCheck(terminal)));
    }
}
