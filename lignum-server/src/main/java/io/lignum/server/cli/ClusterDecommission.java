package io.lignum.server.cli;

import io.lignum.server.grpc.ClusterAdmin;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Takes a node out of the cluster. */
@Command(
        name = "decommission",
        mixinStandardHelpOptions = true,
        description =
                "Takes a node out of the cluster for good: out of the in-sync replicas first, "
                        + "then off the count that majorities are made of. Stop it afterwards.",
        footer = {"", "Example: lignum cluster decommission oak-3"})
final class ClusterDecommission implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "ID", description = "which node")
    private String node = "";

    @Option(names = "--json", description = "as a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    ClusterDecommission(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (ClusterAdmin admin = AdminConnection.open(connect, terminal)) {
            admin.decommission(node);
            ClusterText.done(terminal, json, node + " is out of the cluster");
            return Exit.OK;
        }
    }
}
