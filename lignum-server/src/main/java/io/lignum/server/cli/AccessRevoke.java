package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.GrantEntry;

import picocli.CommandLine.Command;

/** Removes a grant. */
@Command(
        name = "revoke",
        mixinStandardHelpOptions = true,
        description = "Removes a grant, given by the same words as when it was made; see "
                + "'lignum access list'.",
        footer = {"", "Example: lignum access revoke user:shop producer topic:orders"})
final class AccessRevoke extends GrantChange {

    AccessRevoke(Terminal terminal) {
        super(terminal);
    }

    @Override
    String change(SecurityAdmin admin, GrantEntry grant) {
        admin.removeGrant(grant);
        return "revoked";
    }
}
