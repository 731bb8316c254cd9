package io.lignum.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.bench.work.Sample;
import io.lignum.bench.work.Work;
import io.lignum.bench.work.WorkSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Every work does at a tiny size what it says; servers and clusters have tests of their own. */
class SmokeTest {

    private static final WorkSettings TINY =
            WorkSettings.of("records=1000", "millis=20", "topics=5", "threads=2", "inflight=100");

    private static final Path NONE = Path.of("unused");

    @TempDir
    Path directory = Path.of("replaced by the framework");

    static Stream<Arguments> contenders() {
        return Cases.all().stream()
                .filter(bench ->
                        !bench.name().matches("(node|server|cluster)-.*|follower-reads|catch-up"))
                .filter(bench -> !bench.fresh())
                // The others differ in size and number of threads only.
                .filter(bench -> !bench.name().matches("(append|read)-1024.*|durable-(16|64)"))
                .flatMap(bench -> bench.contenders().stream()
                        .map(contender -> Arguments.of(bench.name(), contender.label())));
    }

    @ParameterizedTest
    @MethodSource("contenders")
    void everyContenderOfEveryCase_doesItsWork(String name, String label) throws Exception {
        Case bench = find(name);
        Contender contender = bench.contenders().stream()
                .filter(each -> each.label().equals(label))
                .findFirst()
                .orElseThrow();
        WorkSettings settings = bench.settings()
                .with(contender.settings())
                .with(TINY)
                .with(WorkSettings.of("dir=" + directory));
        try (Work work = Works.make(contender.work(), settings)) {
            work.prepare();
            assertThat(work.round().value()).isPositive();
        }
    }

    @Test
    void reopenAfterHaltedFill_findsEveryRecordAndReports() throws Exception {
        Case reopen = find("reopen");
        Case tiny = new Case(
                reopen.name(),
                reopen.title(),
                reopen.unit(),
                true,
                reopen.settings().with(TINY),
                WorkSettings.of(),
                reopen.contenders());
        ByteArrayOutputStream progress = new ByteArrayOutputStream();
        Options options = new Options(directory, NONE, NONE, false, 1, 0, null);
        Map<String, RoundFigures> figures;
        try (PrintStream to = new PrintStream(progress, true, StandardCharsets.UTF_8)) {
            figures = new Runner(options, to).run(tiny);
        }
        Report report = new MarkdownReport(options);
        report.add(tiny, figures);
        assertThat(report.text())
                .contains("| Chronicle Queue |", "| Lignum, durability always |", "≤ 1.0× Chron");
        assertThat(progress.toString(StandardCharsets.UTF_8)).contains("round 1/1  Lignum");
        assertThat(directory.resolve("reopen")).doesNotExist();
    }

    @Test
    void topicsAfterHaltedFill_areAllThere() throws Exception {
        WorkSettings settings =
                find("topics").settings().with(TINY).with(WorkSettings.of("dir=" + directory));
        Options options = new Options(directory, NONE, NONE, false, 1, 0, null);
        try (Fork fill = Fork.start(options.jvm("fill"), "lignum-topics-fill", settings)) {
            fill.halt();
        }
        try (Fork open = Fork.start(options.jvm("open"), "lignum-topics", settings)) {
            Sample sample = open.round();
            assertThat(sample.value()).isPositive();
            assertThat(sample.extras()).containsKeys("heap MiB", "files open");
        }
        assertThat(Files.exists(directory.resolve("store"))).isTrue();
    }

    @Test
    void median_isTheMiddleOrBetweenTheTwo() {
        RoundFigures figures = new RoundFigures();
        List.of(9.0, 1.0, 4.0).forEach(value -> figures.add(Sample.of(value)));
        assertThat(figures.median()).isEqualTo(4.0);
        figures.add(Sample.of(6.0));
        assertThat(figures.median()).isEqualTo(5.0);
    }

    private static Case find(String name) {
        return Cases.all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
