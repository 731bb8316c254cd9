package io.lignum.server.cli;

import io.lignum.record.RecordBatch;
import io.lignum.record.RecordCursor;
import io.lignum.server.grpc.ClusterAdmin;
import io.lignum.server.service.DivergentFiles;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;

/** Prints records that a node removed from its logs. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Prints the records of one file, with their former offsets.",
        footer = {"", "Example: lignum cluster divergent show NAME --json | jq -r .message"})
final class DivergentShow implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(
            paramLabel = "NAME",
            description = "name of the file, see 'lignum cluster divergent ls'")
    private String name = "";

    @Option(names = "--json", description = "print one JSON object per line")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    DivergentShow(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (ClusterAdmin admin = AdminConnection.open(connect, terminal)) {
            Output out = new Output(terminal.out());
            long next = 0;
            DivergentFiles.Chunk chunk;
            do {
                chunk = admin.readDivergent(name, next);
                show(ByteBuffer.wrap(chunk.batches()), out);
                next = chunk.next();
            } while (next < chunk.file().to());
            out.flush();
            return Exit.OK;
        }
    }

    private void show(ByteBuffer batches, Output out) throws IOException {
        int at = 0;
        while (at < batches.limit()) {
            RecordBatch batch = RecordBatch.at(batches, at);
            RecordCursor cursor = batch.records();
            while (cursor.next()) {
                if (json) {
                    RecordJson.write(out.json(), cursor);
                } else {
                    LogDump.text(cursor, out);
                }
                out.endRecord();
            }
            at += batch.sizeInBytes();
        }
    }
}
