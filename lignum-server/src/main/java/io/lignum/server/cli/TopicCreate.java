package io.lignum.server.cli;

import io.lignum.client.Durability;
import io.lignum.client.LignumClient;
import io.lignum.client.TopicDescription;
import io.lignum.client.TopicSpec;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Creates a topic. */
@Command(
        name = "create",
        mixinStandardHelpOptions = true,
        description = "Creates a topic. What is not given is as the node has it by default. A "
                + "topic is also created by its first message.")
final class TopicCreate implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "TOPIC", description = "1 to 249 of A-Z a-z 0-9 . _ -")
    private String name = "";

    @Option(
            names = "--durability",
            description = "when an append is acknowledged: ${COMPLETION-CANDIDATES}")
    private @Nullable Durability durability;

    @Option(
            names = "--retention-bytes",
            paramLabel = "SIZE",
            converter = Figures.Size.class,
            description = "the oldest segments go while it is larger; 0: keep all")
    private @Nullable Long retentionBytes;

    @Option(
            names = "--retention-time",
            paramLabel = "TIME",
            description = "segments go when they are that old, as 7d; 0: keep all")
    private @Nullable Duration retentionTime;

    @Option(
            names = "--segment-max-records",
            paramLabel = "N",
            description = "a file is sealed at so many records")
    private @Nullable Long segmentMaxRecords;

    @Option(
            names = "--segment-max-bytes",
            paramLabel = "SIZE",
            converter = Figures.Size.class,
            description = "or before it would grow beyond this")
    private @Nullable Long segmentMaxBytes;

    @Option(
            names = "--segment-max-age",
            paramLabel = "TIME",
            description = "or when its first record is that old")
    private @Nullable Duration segmentMaxAge;

    @Option(names = "--live", description = "live replication; of effect in a cluster")
    private @Nullable Boolean live;

    @Option(names = "--quorum", paramLabel = "N", description = "of effect in a cluster")
    private @Nullable Long quorum;

    @Option(names = "--json", description = "print the topic as a JSON object")
    private boolean json;

    @Mixin
    private Connect connect = new Connect();

    TopicCreate(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        try (LignumClient client = connect.open(terminal)) {
            TopicDescription created = Connect.await(client.topics().create(spec()));
            Output out = new Output(terminal.out());
            if (json) {
                TopicText.json(new Json(out), created);
            } else {
                out.text("created topic " + created.name() + "\n");
            }
            out.flush();
            return Exit.OK;
        }
    }

    private TopicSpec spec() {
        TopicSpec spec = TopicSpec.of(name);
        spec = durability == null ? spec : spec.withDurability(durability);
        spec = retentionBytes == null ? spec : spec.withRetentionBytes(retentionBytes);
        spec = retentionTime == null ? spec : spec.withRetentionTime(retentionTime);
        spec = segmentMaxRecords == null ? spec : spec.withSegmentMaxRecords(segmentMaxRecords);
        spec = segmentMaxBytes == null ? spec : spec.withSegmentMaxBytes(segmentMaxBytes);
        spec = segmentMaxAge == null ? spec : spec.withSegmentMaxAge(segmentMaxAge);
        spec = live == null ? spec : spec.withLive(live);
        return quorum == null ? spec : spec.withQuorum(quorum);
    }
}
