package io.lignum.server.cli;

import io.lignum.server.grpc.ClusterAdmin;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Transfers leadership. */
@Command(
        name = "transfer-leader",
        mixinStandardHelpOptions = true,
        description = "Transfers leadership to another node without losing a record. Returns when "
                + "the current leader has given up the lock.",
        footer = {"", "Example: lignum cluster transfer-leader --to oak-2"})
final class ClusterTransfer implements Callable<Integer> {

    private final Terminal terminal;

    @Option(
            names = "--to",
            paramLabel = "ID",
            description = "id of the new leader (default: that with the longest logs)")
    private @Nullable String to;

    @Option(names = "--json", description = "print a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    ClusterTransfer(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (ClusterAdmin admin = AdminConnection.open(connect, terminal)) {
            admin.transferLeader(Optional.ofNullable(to));
            ClusterText.done(terminal, json, "leadership was transferred");
            return Exit.OK;
        }
    }
}
