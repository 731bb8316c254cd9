package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.GrantEntry;

import picocli.CommandLine.Command;

/** Adds a grant. */
@Command(
        name = "grant",
        mixinStandardHelpOptions = true,
        description = "Allows a principal a role or actions. Does nothing if it is allowed so "
                + "already.",
        footer = {
            "",
            "Example: lignum access grant user:shop producer topic:orders",
            "         lignum access grant user:audit read,describe topic:orders.*",
            "         lignum access grant cert:ops admin"
        })
final class AccessGrant extends GrantChange {

    AccessGrant(Terminal terminal) {
        super(terminal);
    }

    @Override
    String change(SecurityAdmin admin, GrantEntry grant) {
        admin.addGrant(grant);
        return "granted";
    }
}
