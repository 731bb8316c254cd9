package io.lignum.server.cli;

import io.lignum.server.grpc.SecurityAdmin;
import io.lignum.server.grpc.SecurityAdmin.Decision;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Says whether a principal may do something. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Says whether a principal may do something, and which grants decide it.",
        footer = {
            "",
            "Exit code 12: it is not allowed.",
            "Example: lignum access check user:shop write topic:orders"
        })
final class AccessCheck implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "PRINCIPAL", description = "user:NAME or cert:NAME")
    private String principal = "";

    @Parameters(
            index = "1",
            paramLabel = "ACTION",
            description =
                    "describe, read, write, create, alter, delete, metrics, operate or secure")
    private String action = "";

    @Parameters(
            index = "2",
            paramLabel = "RESOURCE",
            description = "topic:NAME, group:NAME or cluster")
    private String resource = "";

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    AccessCheck(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (SecurityAdmin admin = AdminConnection.security(connect, terminal)) {
            Decision decision = admin.check(principal, action, resource);
            Output out = new Output(terminal.out());
            if (json) {
                SecurityText.json(out.json(), decision);
            } else {
                SecurityText.decision(out, decision);
            }
            out.flush();
            return decision.allowed() ? Exit.OK : Exit.NOT_ALLOWED;
        }
    }
}
