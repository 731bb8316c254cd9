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

/** Checks that the files of a log hold what was written. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Reads every byte of a data directory, a topic's directory, or a segment, "
                + "and checks it: CRCs, offsets without gaps, epochs, checksums of "
                + "sealed segments, indexes. Changes nothing.",
        footer = {
            "",
            "Exit codes: 0 no problem; 5 an unfinished write at the end, which the next start cuts off",
            "and keeps in a side file; 6 durable data is damaged or missing; 7 written by a later",
            "release; 8 a node uses the directory; 10 the records are intact, but an index does not",
            "match its segment and should be deleted; 1 the data cannot be read; 2 wrong flags."
        })
final class LogVerify implements Callable<Integer> {

    private final Terminal terminal;
    private final List<Finding> found = new ArrayList<>();
    private long records;
    private long bytes;

    @Parameters(paramLabel = "DIR|FILE", arity = "1..*", description = "path to check")
    private List<Path> targets = List.of();

    @Option(
            names = "--sealed-only",
            description = "check sealed segments only; works while a node runs")
    private boolean sealedOnly;

    @Option(names = "--json", description = "print one JSON object per topic")
    private boolean json;

    LogVerify(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Output out = new Output(terminal.out());
        ProgressLine progress = new ProgressLine(terminal);
        for (Path target : targets) {
            LogInspector inspector = Offline.open(target, sealedOnly);
            progressOver(inspector, progress, out);
            if (!sealedOnly && inspector.wasOpenedMeanwhile()) {
                throw new CommandFailure(
                        Exit.IN_USE,
                        "a node opened " + target
                                + " in the meantime, so the result is not valid;"
                                + " stop it and check again");
            }
        }
        progress.clear();
        if (!json) {
            out.text(NumberFormats.grouped(records) + " records, " + NumberFormats.bytes(bytes)
                    + " in " + NumberFormats.decimal(progress.seconds(), 1) + " s: " + verdict()
                    + "\n");
        }
        out.flush();
        return exitCode();
    }

    private void progressOver(LogInspector inspector, ProgressLine progress, Output out)
            throws IOException {
        long total =
                inspector.topics().stream().mapToLong(TopicInspector::bytes).sum();
        for (Finding finding : inspector.findings()) {
            found.add(finding);
            if (!json) {
                out.text("  " + label(finding) + ": " + finding + "\n");
            } else {
                JsonLines line = out.json().begin();
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
            JsonLines line = out.json()
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
        out.text(topic.name() + ": " + NumberFormats.grouped(report.records()) + " records in "
                + NumberFormats.grouped(report.batches()) + " batches and " + report.segments()
                + " segments, offsets " + report.startOffset() + ".." + report.endOffset() + "\n");
        report.findings().forEach(f -> out.text("  " + label(f) + ": " + f + "\n"));
    }

    private static JsonLines finding(JsonLines line, Finding finding) {
        return line.field("kind", finding.kind().name())
                .field("file", finding.file().toString())
                .field("position", finding.position())
                .field("what", finding.what());
    }

    static String label(Finding finding) {
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
                .map(LogVerify::exitCode)
                .orElse(Exit.OK);
    }

    static int exitCode(Finding.Kind kind) {
        return switch (kind) {
            case NOTE -> Exit.OK;
            case WRONG_INDEX -> Exit.WRONG_INDEX;
            case TORN_TAIL -> Exit.TORN_TAIL;
            case UNSUPPORTED_VERSION -> Exit.UNSUPPORTED_VERSION;
            case CORRUPTION -> Exit.CORRUPTION;
        };
    }

    private String verdict() {
        return switch (exitCode()) {
            case Exit.WRONG_INDEX ->
                "the records are intact; delete the indexes that do not match, they are rebuilt";
            case Exit.TORN_TAIL ->
                "intact except for unfinished writes, which the next start cuts off";
            case Exit.UNSUPPORTED_VERSION -> "written by a later release; use that release";
            case Exit.CORRUPTION -> "DAMAGED; keep the files, restore the data from another copy";
            default -> sealedOnly ? "the sealed segments are intact" : "intact";
        };
    }
}
