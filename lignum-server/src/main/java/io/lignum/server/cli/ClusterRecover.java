package io.lignum.server.cli;

import io.lignum.server.grpc.ClusterAdmin;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Lets the cluster go on with one node's data. */
@Command(
        name = "recover",
        mixinStandardHelpOptions = true,
        description = {
            "Lets the cluster go on with the data of the node that is asked. Needed after Consul lost "
                    + "its data or was restored from a backup; and, with --unclean, when no in-sync "
                    + "replica is left.",
            "Without --unclean every member of the cluster has to answer, and the node that is asked "
                    + "must have been in sync: start all nodes first.",
            "Ask the node that is furthest ('lignum cluster status' at each). What other nodes have "
                    + "and it has not is cut off there, and kept aside."
        },
        footer = {"", "Example: lignum cluster recover --server oak-1:9080 --yes"})
final class ClusterRecover implements Callable<Integer> {

    private final Terminal terminal;

    @Option(
            names = "--unclean",
            description =
                    "although it is no in-sync replica, or others do not answer: committed records "
                            + "that only others have are lost")
    private boolean unclean;

    @Option(
            names = {"-y", "--yes"},
            description = "do not ask; needed where nobody can answer")
    private boolean yes;

    @Option(names = "--json", description = "as a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    ClusterRecover(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (!yes && !terminal.inIsTerminal()) {
            throw CommandFailure.usage("nobody is there to be asked whether the cluster may go on "
                    + "with this node's data; say --yes if it may");
        }
        if (!yes
                && !terminal.agrees("Go on with the data of the node at "
                        + connect.address(terminal)
                        + (unclean ? ", and lose what it lacks?" : "?"))) {
            throw CommandFailure.failed("nothing was changed");
        }
        try (ClusterAdmin admin = AdminConnection.open(connect, terminal)) {
            admin.recover(unclean);
            ClusterText.done(terminal, json, "the cluster goes on with this node's data");
            return Exit.OK;
        }
    }
}
