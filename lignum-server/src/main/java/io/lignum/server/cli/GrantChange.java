package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.GrantEntry;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;

/** A command that adds or removes a grant. The node checks the words that name it. */
abstract class GrantChange implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(
            index = "0",
            paramLabel = "PRINCIPAL",
            description = "user:NAME or cert:NAME; user:anonymous: callers without a login")
    private String principal = "";

    @Parameters(
            index = "1",
            paramLabel = "WHAT",
            description = "a role (admin, operator, monitor, viewer, producer, consumer), or "
                    + "actions joined by commas (describe, read, write, create, alter, delete, "
                    + "metrics, operate, secure)")
    private String what = "";

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "RESOURCE",
            description = "topic:NAME, topic:PREFIX*, group:NAME, group:PREFIX* or cluster "
                    + "(default: all that the role concerns)")
    private @Nullable String resource;

    @Option(
            names = "--deny",
            description = "deny the actions instead, also if something else allows them")
    private boolean deny;

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    GrantChange(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Makes the change at the node; returns what was done, for people. */
    abstract String change(SecurityAdmin admin, GrantEntry grant);

    @Override
    public Integer call() throws IOException {
        try (SecurityAdmin admin = AdminConnection.security(connect, terminal)) {
            GrantEntry grant = new GrantEntry(principal, deny, what, Optional.ofNullable(resource));
            String done = change(admin, grant);
            ClusterText.done(terminal, json, done + ": " + SecurityText.line(grant));
            return Exit.OK;
        }
    }
}
