package io.lignum.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.lignum.record.LogRecord;
import io.lignum.server.CommandRun;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code lignum log} on data of release 0.1, intact and damaged. */
class OfflineCommandsTest {

    private static final Path FIXTURE =
            Path.of("../lignum-storage/src/test/resources/fixtures/data-v1-killed");
    private static final String EVENTS = "b84d1266-e7ae-49d7-9e91-42ddac15d4aa";
    private static final String SEALED = "00000000000000000009.log";
    private static final String ACTIVE = "00000000000000000022.qwal";

    @TempDir
    Path data;

    private Path events = Path.of("");

    @BeforeEach
    void copyFixture() throws IOException {
        try (Stream<Path> files = Files.walk(FIXTURE)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = data.resolve(FIXTURE.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        events = data.resolve(EVENTS);
    }

    private void flip(String name, long position) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(events.resolve(name).toFile(), "rw")) {
            file.seek(position);
            int old = file.read();
            file.seek(position);
            file.write(old ^ 1);
        }
    }

    private CommandRun verify(String... more) {
        List<String> args = new ArrayList<>(List.of("log", "verify", data.toString()));
        args.addAll(List.of(more));
        return CommandRun.of(args.toArray(String[]::new));
    }

    @Test
    void soundDirectory_isCalledSound() {
        CommandRun run = verify();
        assertThat(run.code()).isEqualTo(Exit.OK);
        assertThat(run.out())
                .contains("events: 26 records in 15 batches and 3 segments, offsets 0..26\n")
                .contains("old: 1 records")
                .endsWith(": intact\n");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void damage_tornTailAndLaterVersion_haveCodesOfTheirOwn() throws IOException {
        flip(ACTIVE, 300);
        CommandRun torn = verify();
        assertThat(torn.code()).isEqualTo(Exit.TORN_TAIL);
        assertThat(torn.out()).contains("torn tail: an unfinished write", ACTIVE);
        flip(ACTIVE, 16);
        CommandRun later = verify();
        assertThat(later.code()).isEqualTo(Exit.UNSUPPORTED_VERSION);
        assertThat(later.out()).contains("unsupported version: a batch of version 3");
        flip(SEALED, 100);
        CommandRun damaged = verify();
        assertThat(damaged.code()).isEqualTo(Exit.CORRUPTION);
        assertThat(damaged.out()).contains("CORRUPTION: a batch whose checksum", SEALED);
    }

    @Test
    void indexOfAnotherSegment_isNoDamage_andHasACodeOfItsOwn() throws IOException {
        Path fresh = data.resolve("fresh");
        try (LogStore store = LogStore.open(fresh)) {
            for (int size : List.of(900, 1_000)) {
                TopicLog log = store.createTopic("of-" + size, TopicConfig.DEFAULT);
                for (int i = 0; i < 100; i++) {
                    log.append(LogRecord.of(new byte[size]));
                }
            }
        }
        List<Path> indexes;
        try (Stream<Path> files = Files.walk(fresh)) {
            indexes = files.filter(file -> file.toString().endsWith(".index")).toList();
        }
        assertThat(indexes).hasSize(2);
        Files.copy(indexes.get(0), indexes.get(1), StandardCopyOption.REPLACE_EXISTING);
        CommandRun run = CommandRun.of("log", "verify", fresh.toString());
        assertThat(run.code()).isEqualTo(Exit.WRONG_INDEX);
        assertThat(run.out())
                .contains("wrong index: the index does not fit its segment")
                .contains("the records are intact")
                .doesNotContain("CORRUPTION", "DAMAGED");
        Files.delete(indexes.get(1));
        assertThat(CommandRun.of("log", "verify", fresh.toString()).code()).isEqualTo(Exit.OK);
    }

    @Test
    void json_namesEveryFinding() throws IOException {
        flip(SEALED, 100);
        CommandRun run = verify("--json");
        assertThat(run.code()).isEqualTo(Exit.CORRUPTION);
        JsonNode first = new ObjectMapper().readTree(run.out().lines().toList().get(0));
        assertThat(first.get("topic").asText()).isEqualTo("events");
        assertThat(first.get("endOffset").asLong()).isEqualTo(26);
        JsonNode finding = first.get("findings").get(0);
        assertThat(finding.get("kind").asText()).isEqualTo("CORRUPTION");
        assertThat(finding.get("file").asText()).endsWith(SEALED);
        assertThat(finding.get("position").asLong()).isEqualTo(0);
    }

    @Test
    void directoryInUse_isRefused_butItsSealedSegmentsAreNot() {
        try (LogStore store = LogStore.open(data)) {
            assertThat(store.topics()).hasSize(2);
            CommandRun refused = verify();
            assertThat(refused.code()).isEqualTo(Exit.IN_USE);
            assertThat(refused.err())
                    .contains("in use by process " + ProcessHandle.current().pid())
                    .contains("--sealed-only");
            CommandRun sealed = verify("--sealed-only");
            assertThat(sealed.code()).isEqualTo(Exit.OK);
            assertThat(sealed.out()).contains("the sealed segments are intact");
        }
    }

    @Test
    void whatIsNoData_isSaidToBeNone() {
        CommandRun none = CommandRun.of("log", "verify", data.resolve("x").toString());
        assertThat(none.code()).isEqualTo(Exit.FAILED);
        assertThat(none.err()).startsWith("lignum: there is no ").hasLineCount(1);
        CommandRun foreign = CommandRun.of("log", "verify", "src");
        assertThat(foreign.code()).isEqualTo(Exit.FAILED);
        assertThat(foreign.err()).contains("src is neither a data directory of Lignum");
    }

    @Test
    void dump_showsBatches_andWhereTheyStand() {
        CommandRun run = CommandRun.of("log", "dump", data.toString(), "--topic", "events");
        assertThat(run.code()).isEqualTo(Exit.OK);
        assertThat(run.out().lines()).hasSize(15);
        assertThat(run.out())
                .contains("6..8: 3 records, 128 bytes, epoch 0, zstd, 2023-11-14T22:13:20.008Z, "
                        + "00000000000000000000.log @ 520\n")
                .contains("producer 77/1 from 2");
        CommandRun json = CommandRun.of("log", "dump", events.toString(), "--json", "--from", "25");
        assertThat(json.out())
                .isEqualTo("{\"baseOffset\":25,\"lastOffset\":25,\"records\":1,\"bytes\":89,"
                        + "\"epoch\":5,\"compression\":\"none\",\"firstTimestamp\":1700000000025,"
                        + "\"maxTimestamp\":1700000000025,\"file\":\"00000000000000000022.qwal\","
                        + "\"position\":265}\n");
    }

    @Test
    void dump_showsRecordsOfARange_withBytesMadeSafe() {
        CommandRun run = CommandRun.of(
                "log", "dump", events.toString(), "--records", "--from", "7", "--to", "9");
        assertThat(run.out()).isEqualTo("""
                        7 2023-11-14T22:13:20.007Z "key-7" "value 7 äöü"
                        8 2023-11-14T22:13:20.008Z "key-8" "value 8 äöü" n="\\x08"
                        """);
        CommandRun json = CommandRun.of(
                "log",
                "dump",
                events.toString(),
                "--records",
                "--json",
                "--from",
                "4",
                "--to",
                "5");
        assertThat(json.out())
                .isEqualTo(
                        "{\"offset\":4,\"timestamp\":1700000000004,\"key\":\"key-4\","
                                + "\"message\":\"value 4 äöü\",\"headers\":[{\"key\":\"n\",\"value\":\"\\u0004\"}]}\n");
    }

    @Test
    void dump_ofWhatIsNoSegment_isAnError() throws IOException {
        Path text = Files.writeString(data.resolve("hosts"), "127.0.0.1 localhost\n".repeat(50));
        CommandRun run = CommandRun.of("log", "dump", text.toString());
        assertThat(run.code()).isEqualTo(Exit.CORRUPTION);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("lignum: not all could be read: CORRUPTION: ")
                .contains("byte 0 of " + text)
                .hasLineCount(1);
    }

    @Test
    void dump_printsWhatPrecedesDamage_andHasTheCodeOfIt() throws IOException {
        flip(ACTIVE, 300);
        CommandRun torn = CommandRun.of("log", "dump", events.toString());
        assertThat(torn.code()).isEqualTo(Exit.TORN_TAIL);
        assertThat(torn.out().lines()).hasSize(14);
        assertThat(torn.err()).contains("torn tail: an unfinished write", ACTIVE);
        flip(SEALED, 100);
        CommandRun damaged = CommandRun.of("log", "dump", events.toString());
        assertThat(damaged.code()).isEqualTo(Exit.CORRUPTION);
        assertThat(damaged.out()).startsWith("0..").contains(ACTIVE).doesNotContain(SEALED);
        assertThat(damaged.err())
                .contains("CORRUPTION: ", SEALED, "; 1 more, see")
                .hasLineCount(1);
        CommandRun file = CommandRun.of("log", "dump", events.resolve(SEALED).toString());
        assertThat(file.code()).isEqualTo(Exit.CORRUPTION);
    }

    @Test
    void dumpOfSeveralTopics_asksForOne() {
        CommandRun run = CommandRun.of("log", "dump", data.toString());
        assertThat(run.code()).isEqualTo(Exit.USAGE);
        assertThat(run.err()).isEqualTo("lignum: name the topic with --topic: events, old\n");
    }

    @Test
    void recordsOfTheSecurityLog_areShownWithoutSecrets() {
        String users = data.resolve("users").toString();
        try (LogStore store = LogStore.open(Path.of(users))) {
            store.createTopic("__lignum_security", TopicConfig.DEFAULT)
                    .append(LogRecord.of("{\"op\":\"create-token\",\"token\":\"t1\","
                            + "\"hash\":\"c2VjcmV0\",\"owner\":\"ada\"}"));
        }
        for (CommandRun run : List.of(
                CommandRun.of("log", "dump", "--records", users),
                CommandRun.of("log", "dump", "--records", "--json", users))) {
            assertThat(run.code()).isEqualTo(Exit.OK);
            assertThat(run.out()).contains("create-token", "ada", "***").doesNotContain("c2Vj");
        }
    }
}
