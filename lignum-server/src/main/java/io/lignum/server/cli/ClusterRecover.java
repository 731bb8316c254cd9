package io.lignum.server.cli;

import io.lignum.server.grpc.ClusterAdmin;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.concurrent.Callable;

/**
 * Lets the cluster continue with one node's data, after Consul's data or all in-sync replicas were
 * lost. The node that is given decides and may refuse; this command only asks and confirms.
 */
@Command(
        name = "recover",
        mixinStandardHelpOptions = true,
        description = {
            "Lets the cluster continue with the data of the node given with --server. Needed after "
                    + "Consul lost its data or was restored from a backup; and, with --unclean, when "
                    + "no in-sync replica is left.",
            "Without --unclean every member of the cluster must answer, and that node must have "
                    + "been in sync: start all nodes first.",
            "Choose the node with the longest logs ('lignum cluster status' at each). Records that "
                    + "only other nodes have are removed from their logs, and kept in side files "
                    + "there."
        },
        footer = {"", "Example: lignum cluster recover --server oak-1:9080 --yes"})
final class ClusterRecover implements Callable<Integer> {

    private final Terminal terminal;

    @Option(
            names = "--unclean",
            description =
                    "continue even if this node is not in sync or other members do not answer: "
                            + "committed records that only other nodes have are lost")
    private boolean unclean;

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    ClusterRecover(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        confirmation.requireTerminal(terminal, "continue with this node's data");
        confirmation.ask(
                terminal,
                "Continue with the data of the node at " + connect.address(terminal)
                        + (unclean
                                ? "? Committed records that this node does not have will be lost."
                                        + " Continue?"
                                : "?"),
                "nothing was changed");
        try (ClusterAdmin admin = AdminConnection.open(connect, terminal)) {
            admin.recover(unclean);
            ClusterText.done(terminal, json, "the cluster continues with this node's data");
            return Exit.OK;
        }
    }
}
