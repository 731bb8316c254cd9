package io.lignum.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lignum.access.state.SecurityJson;
import io.lignum.cluster.InternalTopics;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordCursor;
import io.lignum.record.RecordHeader;
import io.lignum.record.Utf8;
import io.lignum.storage.Finding;
import io.lignum.storage.LogInspector;
import io.lignum.storage.TopicInspector;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** Prints the contents of a log's files, by batch or by record. */
@Command(
        name = "dump",
        mixinStandardHelpOptions = true,
        description = "Shows the batches or records of one topic's files: of a data directory, a "
                + "topic's directory, a segment, or a side file of recovery. Changes "
                + "nothing. In the log of users and grants, salts, keys and hashes are masked. "
                + "After damage it continues with the next segment; 'lignum log "
                + "verify' describes the damage.",
        footer = {
            "",
            "Exit codes: 0 all was read; 5 an unfinished write at the end, which the next start cuts",
            "off and keeps in a side file; 6 a file is damaged, or is not a segment; 7 written by a",
            "later release; 8 a node uses the directory; 1 the data cannot be read; 2 wrong flags."
        })
final class LogDump implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR|FILE", description = "path of the files")
    private Path target = Path.of("");

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            description = "name of the topic, if there are several")
    private String name = "";

    @Option(names = "--records", description = "print records, not only their batches")
    private boolean records;

    @Option(names = "--from", paramLabel = "OFFSET", description = "first offset (default: all)")
    private long from;

    @Option(
            names = "--to",
            paramLabel = "OFFSET",
            description = "end offset, exclusive (default: all)")
    private long to = Long.MAX_VALUE;

    @Option(
            names = "--sealed-only",
            description = "read sealed segments only; works while a node runs")
    private boolean sealedOnly;

    @Option(names = "--json", description = "print one JSON object per line")
    private boolean json;

    LogDump(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        TopicInspector topic = choose(Offline.open(target, sealedOnly));
        Output out = new Output(terminal.out());
        boolean masks = topic.name().equals(InternalTopics.SECURITY);
        List<Finding> findings = topic.visit(from, to, sealedOnly, (batch, file, position) -> {
            if (records) {
                recordsOf(batch, masks, out);
            } else {
                batch(batch, file, position, out);
            }
            out.endRecord();
            return true;
        });
        out.flush();
        refuse(findings);
        return Exit.OK;
    }

    /** Reports the worst of the findings; what precedes them is printed already. */
    private static void refuse(List<Finding> findings) {
        Optional<Finding> worst = findings.stream().max(Comparator.comparing(Finding::kind));
        if (worst.isPresent()) {
            int others = findings.size() - 1;
            throw new CommandFailure(
                    LogVerify.exitCode(worst.get().kind()),
                    "not all could be read: " + LogVerify.label(worst.get()) + ": " + worst.get()
                            + (others == 0
                                    ? ""
                                    : "; " + others + " more, see 'lignum log verify'"));
        }
    }

    private TopicInspector choose(LogInspector inspector) {
        List<TopicInspector> all = inspector.topics();
        List<TopicInspector> named = name.isEmpty()
                ? all
                : all.stream().filter(topic -> topic.name().equals(name)).toList();
        if (named.size() == 1) {
            return named.get(0);
        }
        String names = all.stream().map(TopicInspector::name).collect(Collectors.joining(", "));
        throw CommandFailure.usage(
                all.isEmpty()
                        ? target + " contains no topic"
                        : name.isEmpty()
                                ? "name the topic with --topic: " + names
                                : "there is no topic " + name + "; there are: " + names);
    }

    private void batch(RecordBatch batch, Path file, long position, Output out) {
        if (json) {
            JsonLines line = out.json()
                    .begin()
                    .field("baseOffset", batch.baseOffset())
                    .field("lastOffset", batch.lastOffset())
                    .field("records", batch.recordCount())
                    .field("bytes", batch.sizeInBytes())
                    .field("epoch", batch.epoch())
                    .field("compression", batch.compression().toString())
                    .field("firstTimestamp", batch.baseTimestamp())
                    .field("maxTimestamp", batch.maxTimestamp());
            if (batch.hasProducer()) {
                line.field("producerId", batch.producerId())
                        .field("producerEpoch", batch.producerEpoch())
                        .field("sequence", batch.baseSequence());
            }
            line.field("file", String.valueOf(file.getFileName()))
                    .field("position", position)
                    .endLine();
            return;
        }
        String producer = batch.hasProducer()
                ? ", producer " + batch.producerId() + "/" + batch.producerEpoch() + " from "
                        + batch.baseSequence()
                : "";
        out.text(batch.baseOffset() + ".." + batch.lastOffset() + ": " + batch.recordCount()
                + " records, " + batch.sizeInBytes() + " bytes, epoch " + batch.epoch() + ", "
                + batch.compression() + ", " + Format.time(batch.maxTimestamp()) + producer + ", "
                + file.getFileName() + " @ " + position + "\n");
    }

    private void recordsOf(RecordBatch batch, boolean masks, Output out) throws IOException {
        RecordCursor cursor = batch.records();
        while (cursor.next()) {
            if (cursor.offset() < from || cursor.offset() >= to) {
                continue;
            }
            byte[] value = masks ? masked(cursor.value()) : cursor.value();
            if (json) {
                RecordJson.write(out.json(), cursor, value);
            } else {
                text(cursor, value, out);
            }
            out.endRecord();
        }
    }

    /** A record of the security log without what a guess at a password could be checked with. */
    private static byte @Nullable [] masked(byte @Nullable [] value) {
        return value == null
                ? null
                : Utf8.encode(SecurityJson.withoutSecrets(new String(value, UTF_8)));
    }

    static void text(RecordCursor cursor, Output out) {
        text(cursor, cursor.value(), out);
    }

    private static void text(RecordCursor cursor, byte @Nullable [] value, Output out) {
        out.number(cursor.offset())
                .raw(' ')
                .text(Format.time(cursor.timestamp()))
                .raw(' ');
        Format.escaped(out, cursor.key());
        out.raw(' ');
        Format.escaped(out, value);
        for (RecordHeader header : cursor.headers()) {
            out.raw(' ').text(header.key()).raw('=');
            Format.escaped(out, header.value());
        }
        out.raw('\n');
    }
}
