package io.lignum.server.cli;

import io.lignum.server.grpc.AdminFailure;
import io.lignum.server.grpc.ClusterAdmin;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Shows the state of the cluster. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description =
                "Shows the members of the cluster, its leader, and their progress, as the leader "
                        + "sees them; --local: as the node given with --server sees them.",
        footer = {
            "",
            "Exit code 9: the node answers, but the cluster accepts no writes at the moment.",
            "Example: lignum cluster status --json | jq .leader"
        })
final class ClusterShow implements Callable<Integer> {

    private final Terminal terminal;

    @Option(
            names = "--local",
            description = "show what the node itself knows, also without a leader")
    private boolean local;

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    ClusterShow(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (ClusterAdmin admin = AdminConnection.open(connect, terminal)) {
            ClusterAdmin.View own = admin.status(false);
            boolean askLeader = !local && own.clustered() && own.takesWrites();
            ClusterAdmin.View shown = askLeader ? ofLeader(admin, own) : own;
            Output out = new Output(terminal.out());
            if (json) {
                ClusterText.json(out.json(), shown);
            } else {
                ClusterText.details(out, shown);
            }
            out.flush();
            return own.takesWrites() ? Exit.OK : Exit.NO_WRITES;
        }
    }

    /**
     * Returns the leader's view; if the leader does not answer, the view of the node given with
     * --server, with a notice.
     */
    private ClusterAdmin.View ofLeader(ClusterAdmin admin, ClusterAdmin.View own) {
        try {
            return admin.status(true);
        } catch (AdminFailure e) {
            terminal.say("the leader does not answer (" + e.getMessage() + "); this is what "
                    + own.status().nodeId() + " knows");
            return own;
        }
    }
}
