package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin.GrantEntry;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.Optional;

/** The words that name a grant. The node checks them. */
final class GrantOptions {

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

    GrantEntry grant() {
        return new GrantEntry(principal, deny, what, Optional.ofNullable(resource));
    }
}
