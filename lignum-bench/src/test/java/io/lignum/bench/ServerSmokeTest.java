package io.lignum.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lignum.bench.work.Sample;
import io.lignum.bench.work.Work;
import io.lignum.bench.work.WorkSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Every work on a server does at a tiny size what it says, with each rival that is installed. */
class ServerSmokeTest {

    private static final WorkSettings TINY = WorkSettings.of(
            "records=1000",
            "part=1",
            "millis=200",
            "threads=2",
            "inflight=100",
            "idle=10",
            "warmup=1");

    @TempDir
    Path directory = Path.of("replaced by the framework");

    static Stream<Arguments> contenders() {
        return Cases.all().stream()
                .filter(bench -> bench.name().matches("server-.*|node-start"))
                // These differ from others in the size or in the number of connections only.
                .filter(bench -> !bench.name().matches(".*-1024|server-clients-64"))
                .flatMap(bench -> bench.contenders().stream()
                        // The node's listener is covered by the server's and the client's own
                        // tests.
                        .filter(contender -> !contender.label().startsWith("Lignum"))
                        .filter(contender -> isQuick(bench, contender))
                        .map(contender -> Arguments.of(bench.name(), contender.label())));
    }

    /**
     * Kafka takes seconds to start and to stop: a work in which all of its clients are used will
     * do.
     */
    private static boolean isQuick(Case bench, Contender contender) {
        return !contender.label().startsWith(ServerCases.KAFKA)
                || bench.name().startsWith("server-consume");
    }

    @ParameterizedTest
    @MethodSource("contenders")
    void everyRivalOfEveryServerCase_doesItsWork(String name, String label) throws Exception {
        Case bench = find(name);
        Contender contender = find(bench, label);
        assumeTrue(contender.isInstalled(), contender.program() + " is not installed");
        WorkSettings settings = bench.settings()
                .with(contender.settings())
                .with(TINY)
                .with(WorkSettings.of("dir=" + directory, "kafka=target/kafka-classpath"));
        try (Work work = Works.make(contender.work(), settings)) {
            work.prepare();
            Sample sample = work.round();
            assertThat(sample.value()).isPositive();
            if (!name.startsWith("node-")) {
                assertThat(sample.extras()).containsKeys("CPU ns each", "server's CPU ns each");
            }
        }
    }

    @Test
    void contenderWhoseProgramIsMissing_isReportedAndLeftOut() {
        Contender missing =
                Contender.of("absent", "server-produce").needing("no-such-program-anywhere");
        Case bench = new Case(
                "x",
                "x",
                Unit.MILLISECONDS,
                false,
                WorkSettings.of(),
                WorkSettings.of(),
                List.of(missing, Contender.of("present", "server-produce")));
        assertThat(bench.installed().contenders())
                .extracting(Contender::label)
                .containsExactly("present");
        RoundFigures figures = new RoundFigures();
        figures.add(Sample.of(1.5));
        Report report =
                new MarkdownReport(new Options(directory, directory, directory, false, 1, 0, null));
        report.add(bench, Map.of("present", figures));
        assertThat(report.text()).contains("| absent | not installed |", "| present | 1.500 ms |");
    }

    @Test
    void severalTargets_areEachComparedWithTheirOwnFigure() {
        Contender own = Contender.of("own", "server-end-to-end")
                .shouldReach(Target.times(1.0, "rival"))
                .shouldReach(Target.times(1.0, "rival").of("p99 ms"));
        Case bench = new Case(
                "x",
                "x",
                Unit.MILLISECONDS,
                false,
                WorkSettings.of(),
                WorkSettings.of(),
                List.of(own, Contender.of("rival", "server-end-to-end")));
        RoundFigures quick = new RoundFigures();
        quick.add(Sample.of(1).with("p99 ms", 9));
        RoundFigures slow = new RoundFigures();
        slow.add(Sample.of(2).with("p99 ms", 3));
        Report report =
                new MarkdownReport(new Options(directory, directory, directory, false, 1, 0, null));
        report.add(bench, Map.of("own", quick, "rival", slow));
        assertThat(report.text())
                .contains("| ≤ 1.0× rival<br>p99 ms ≤ 1.0× rival | yes, 0.50×<br>**no**, 3.00× |");
        assertThatThrownBy(() -> Target.figure(1).of("p75 ms").figure(quick))
                .hasMessageContaining("p75 ms");
    }

    private static Case find(String name) {
        return Cases.all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Contender find(Case bench, String label) {
        return bench.contenders().stream()
                .filter(each -> each.label().equals(label))
                .findFirst()
                .orElseThrow();
    }
}
