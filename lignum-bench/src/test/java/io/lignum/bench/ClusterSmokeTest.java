package io.lignum.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lignum.bench.counts.Counts;
import io.lignum.bench.failover.Failover;
import io.lignum.bench.work.Sample;
import io.lignum.bench.work.Work;
import io.lignum.bench.work.WorkSettings;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import picocli.CommandLine;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Real clusters at a tiny size: they start, do what is asked, and end. The slow ones only run in
 * {@code make campaign}.
 */
class ClusterSmokeTest {

    private static final Path JAR = Path.of("../lignum-server/target/lignum.jar");

    private static final WorkSettings TINY = WorkSettings.of(
            "records=1000",
            "millis=200",
            "threads=2",
            "inflight=100",
            "warmup=1",
            "mib=4",
            "rate=200",
            "heap=256m");

    @TempDir
    Path directory = Path.of("replaced by the framework");

    @BeforeEach
    void jarIsThere() {
        assumeTrue(Files.exists(JAR), "the node's jar is built by `mvn package`, and not here");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cluster-end-to-end | Lignum, 3 nodes, forced on each
            cluster-cold-1     | Lignum, live
            """)
    void worksOnClusters_doTheirWork(String name, String label) throws Exception {
        doesItsWork(name, label);
    }

    @ParameterizedTest
    @EnabledIfSystemProperty(named = "lignum.campaign", matches = "\\d+")
    @CsvSource(delimiter = '|', textBlock = """
            cluster-end-to-end | Kafka, 3 brokers
            server-cold-1      | Lignum, bin/lignum
            follower-reads     | one consumer at each of three
            catch-up           | Lignum
            """)
    void slowWorksOnClusters_doTheirWork(String name, String label) throws Exception {
        doesItsWork(name, label);
    }

    private void doesItsWork(String name, String label) throws Exception {
        Case bench = Cases.all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        Contender contender = bench.contenders().stream()
                .filter(each -> each.label().equals(label))
                .findFirst()
                .orElseThrow();
        WorkSettings settings = bench.settings()
                .with(contender.settings())
                .with(TINY)
                .with(WorkSettings.of(
                        "dir=" + directory, "jar=" + JAR, "kafka=target/kafka-classpath"));
        try (Work work = Works.make(contender.work(), settings)) {
            work.prepare();
            Sample sample = work.round();
            assertThat(sample.value()).isPositive();
        }
    }

    @Test
    void failover_losesNothing_andReports() throws Exception {
        Path out = directory.resolve("failover.md");
        int code = new CommandLine(new Failover())
                .execute(
                        "--rounds=1",
                        "--only=kill,transfer",
                        "--heap=128m",
                        "--jar=" + JAR,
                        "--dir=" + directory.resolve("data"),
                        "--out=" + out);
        assertThat(code).isZero();
        assertThat(Files.readString(out))
                .contains("| kill -9 of the leader | 1 |", "got each once, in order");
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void counts_reportEachNode() throws Exception {
        Path out = directory.resolve("counts.md");
        int code = new CommandLine(new Counts())
                .execute(
                        "--only=standalone-1,live-1",
                        "--records=50",
                        "--warmup=50",
                        "--calls=NONE",
                        "--heap=128m",
                        "--jar=" + JAR,
                        "--dir=" + directory.resolve("data"),
                        "--out=" + out);
        assertThat(code).isZero();
        assertThat(Files.readString(out))
                .contains("| per record | standalone | live: leader | live: follower |")
                .containsPattern("\\| CPU, µs \\| \\d+ \\| \\d+ \\| \\d+ \\|");
        assertThat(directory.resolve("data")).doesNotExist();
    }
}
