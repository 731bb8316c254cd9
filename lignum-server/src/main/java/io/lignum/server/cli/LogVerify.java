package io.lignum.server.cli;

import io.lignum.storage.Finding;
import io.lignum.storage.InspectionReport;
import io.lignum.storage.LogInspector;
import io.lignum.storage.TopicInspector;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Proves that what is in the files of a log is what was written. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Reads every byte of a data directory, of one topic's directory, or of one "
                + "segment, and checks it: CRCs, offsets without gaps, epochs, checksums of "
                + "sealed segments, indexes. Changes nothing.",
        footer = {
            "",
            "Exit codes: 0 all is as it was written; 5 an unfinished write at the end, which the next",
            "start cuts off and saves aside; 6 something durable is damaged or missing; 7 written by a",
            "later release; 8 a node works on the directory; 10 the records are sound, but an index does",
            "not fit its segment and is to be deleted; 1 it cannot be read; 2 wrong flags."
        })
final class LogVerify implements Callable<Integer> {

    private final Terminal terminal;
    private final List<Finding> found = new ArrayList<>();
    private long records;
    private long bytes;

    @Parameters(paramLabel = "DIR|FILE", arity = "1..*", description = "what to check")
    private List<Path> targets = List.of();

    @Option(
            names = "--sealed-only",
            description = "only segments that never change; works beside a running node")
    private boolean sealedOnly;

    @Option(names = "--json", description = "one JSON object for each topic")
    private boolean json;

    LogVerify(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Output out = new Output(terminal.out());
        Progress progress = new Progress(terminal);
        for (Path target : targets) {
            LogInspector inspector = Offline.open(target, sealedOnly);
            progressOver(inspector, progress, out);
            if (!sealedOnly && inspector.wasOpenedMeanwhile()) {
                throw new CommandFailure(
                        Exit.IN_USE,
                        "a node has opened " + target
                                + " meanwhile, so what was found says nothing;"
                                + " stop it and check again");
            }
        }
        progress.clear();
        if (!json) {
            out.text(Figures.grouped(records) + " records, " + Figures.bytes(bytes) + " in "
                    + Figures.decimal(progress.seconds(), 1) + " s: " + verdict() + "\n");
        }
        out.flush();
        return exitCode();
    }

    private void progressOver(LogInspector inspector, Progress progress, Output out)
            throws IOException {
        long total =
                inspector.topics().stream().mapToLong(TopicInspector::bytes).sum();
        for (Finding finding : inspector.findings()) {
            found.add(finding);
            if (!json) {
                out.text("  " + label(finding) + ": " + finding + "\n");
            } else {
                Json line = out.json().begin();
                finding(line, finding).endLine();
            }
        }
        for (TopicInspector topic : inspector.topics()) {
            long[] read = {bytes};
            InspectionReport report = topic.verify(sealedOnly, more -> {
                read[0] += more;
                progress.at(records, read[0], total);
            });
            records += report.records();
            bytes += report.bytes();
            found.addAll(report.findings());
            progress.clear();
            print(out, topic, report);
            out.flush();
        }
    }

    private void print(Output out, TopicInspector topic, InspectionReport report) {
        if (json) {
            Json line = out.json()
                    .begin()
                    .field("topic", topic.name())
                    .field("path", topic.path().toString())
                    .field("segments", report.segments())
                    .field("batches", report.batches())
                    .field("records", report.records())
                    .field("bytes", report.bytes())
                    .field("startOffset", report.startOffset())
                    .field("endOffset", report.endOffset())
                    .beginArray("findings");
            report.findings().forEach(finding -> finding(line.begin(), finding).end());
            line.endArray().endLine();
            return;
        }
        out.text(topic.name() + ": " + Figures.grouped(report.records()) + " records in "
                + Figures.grouped(report.batches()) + " batches and " + report.segments()
                + " segments, offsets " + report.startOffset() + ".." + report.endOffset() + "\n");
        report.findings().forEach(f -> out.text("  " + label(f) + ": " + f + "\n"));
    }

    private static Json finding(Json line, Finding finding) {
        return line.field("kind", finding.kind().name())
                .field("file", finding.file().toString())
                .field("position", finding.position())
                .field("what", finding.what());
    }

    private static String label(Finding finding) {
        return switch (finding.kind()) {
            case NOTE -> "note";
            case WRONG_INDEX -> "wrong index";
            case TORN_TAIL -> "torn tail";
            case UNSUPPORTED_VERSION -> "unsupported version";
            case CORRUPTION -> "CORRUPTION";
        };
    }

    private int exitCode() {
        return found.stream()
                .map(Finding::kind)
                .max(Enum::compareTo)
                .map(kind -> switch (kind) {
                    case NOTE -> Exit.OK;
                    case WRONG_INDEX -> Exit.WRONG_INDEX;
                    case TORN_TAIL -> Exit.TORN_TAIL;
                    case UNSUPPORTED_VERSION -> Exit.UNSUPPORTED_VERSION;
                    case CORRUPTION -> Exit.CORRUPTION;
                })
                .orElse(Exit.OK);
    }

    private String verdict() {
        return switch (exitCode()) {
            case Exit.WRONG_INDEX ->
                "the records are sound; delete the indexes that do not fit, they are built again";
            case Exit.TORN_TAIL -> "sound but for unfinished writes, which the next start cuts off";
            case Exit.UNSUPPORTED_VERSION -> "written by a later release; use that one";
            case Exit.CORRUPTION -> "DAMAGED; keep the files, restore from elsewhere";
            default -> sealedOnly ? "the sealed segments are sound" : "sound";
        };
    }
}
