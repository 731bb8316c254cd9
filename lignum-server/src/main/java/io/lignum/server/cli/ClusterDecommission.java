package io.lignum.server.cli;

import io.lignum.server.grpc.ClusterAdmin;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Removes a node from the cluster. */
@Command(
        name = "decommission",
        mixinStandardHelpOptions = true,
        description =
                "Removes a node from the cluster for good: it leaves the in-sync replicas, then it "
                        + "no longer counts for majorities. Stop it afterwards.",
        footer = {"", "Example: lignum cluster decommission oak-3"})
final class ClusterDecommission implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "ID", description = "id of the node")
    private String node = "";

    @Option(names = "--json", description = "print a JSON object")
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
            ClusterText.done(terminal, json, node + " is removed from the cluster");
            return Exit.OK;
        }
    }
}
