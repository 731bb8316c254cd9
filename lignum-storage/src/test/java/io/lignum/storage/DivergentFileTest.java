package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.LogRecord;
import io.lignum.record.RecordCursor;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What truncations cut can be found and read again. */
class DivergentFileTest {

    private final Simulation simulation = new Simulation(13);
    private LogStore store;
    private TopicLog log;

    @BeforeEach
    void open() {
        store = simulation.open();
        log = store.createTopic("t", TopicConfig.DEFAULT.withSegmentMaxRecords(3));
    }

    private void append(String... texts) {
        for (String text : texts) {
            simulation.run(log.appendAsync(LogRecord.of(text)));
        }
    }

    private static List<String> texts(DivergentFile file, boolean complete) {
        List<String> texts = new ArrayList<>();
        try (DivergentReader reader = file.open()) {
            while (reader.next()) {
                RecordCursor records = reader.batch().records();
                while (records.next()) {
                    texts.add(records.offset() + "=" + records.toRecord().text());
                }
            }
            assertThat(reader.isComplete()).isEqualTo(complete);
        }
        return texts;
    }

    @Test
    void logThatWasNeverCut_hasNone() {
        append("a", "b");
        simulation.run(log.admin().truncate(2));
        assertThat(store.divergent()).isEmpty();
    }

    @Test
    void cuts_areListedAndRead_alsoOverSegments_ofDeletedTopics_andOffline() {
        append("a", "b", "c", "d", "e");
        log.lead(4);
        append("f");
        simulation.run(log.admin().truncate(1));
        append("B");
        log.lead(6);
        append("C");
        simulation.run(log.admin().truncate(2));
        append("C2");
        simulation.run(log.admin().truncate(2));
        simulation.run(store.deleteTopicAsync("t"));
        List<DivergentFile> online = store.divergent();
        assertRead(online);
        simulation.close(store);
        assertRead(DivergentFile.list(Simulation.DIRECTORY, simulation.disk));
    }

    private void assertRead(List<DivergentFile> files) {
        assertThat(files)
                .extracting(file -> file.path().getFileName().toString())
                .containsExactly("4-1-6", "6-2-3", "6-2-3.1");
        DivergentFile first = files.get(0);
        assertThat(first.topicId()).isEqualTo(log.id());
        assertThat(first.epoch()).isEqualTo(4);
        assertThat(first.from()).isEqualTo(1);
        assertThat(first.to()).isEqualTo(6);
        assertThat(first.bytes()).isEqualTo(simulation.disk.bytes(first.path()).length);
        assertThat(texts(first, true)).containsExactly("1=b", "2=c", "3=d", "4=e", "5=f");
        assertThat(texts(files.get(1), true)).containsExactly("2=C");
        assertThat(texts(files.get(2), true)).containsExactly("2=C2");
    }

    @Test
    void damagedOrUnfinishedFile_isReadAsFarAsItGoes() throws Exception {
        append("a", "b", "c");
        simulation.run(log.admin().truncate(0));
        DivergentFile file = store.divergent().get(0);
        byte[] bytes = simulation.disk.bytes(file.path());
        simulation.disk.flipBit(file.path(), bytes.length - 2, 1);
        assertThat(texts(file, false)).containsExactly("0=a", "1=b");
        simulation.disk.put(file.path(), java.util.Arrays.copyOf(bytes, bytes.length / 3));
        assertThat(texts(store.divergent().get(0), false)).containsExactly("0=a");
        simulation.disk.remove(file.path());
        assertThatThrownBy(file::open).isInstanceOf(StorageException.DiskFailed.class);
        assertThat(store.divergent()).isEmpty();
    }

    @Test
    void filesOfOtherNames_areNotListed() throws Exception {
        append("a", "b");
        simulation.run(log.admin().truncate(1));
        Path directory = Simulation.DIRECTORY.resolve("divergent");
        Path topic = directory.resolve(log.id().toString());
        for (String name :
                List.of("notes", "1-2", "1-2-x", "99999999999-1-2", "9999999999-1-2", "1-5-5")) {
            simulation.disk.put(topic.resolve(name), new byte[] {1});
        }
        simulation.disk.put(directory.resolve("x/0-0-1"), new byte[] {1});
        assertThat(store.divergent()).hasSize(1);
    }

    @Test
    void file_isFoundByItsName_andNothingElseIs() throws Exception {
        append("a", "b");
        simulation.run(log.admin().truncate(1));
        DivergentFile file = store.divergent().get(0);
        assertThat(file.name()).isEqualTo(log.id() + "/0-1-2");
        assertThat(store.findDivergent(file.name()))
                .hasValueSatisfying(found -> assertThat(texts(found, true)).containsExactly("1=b"));
        simulation.disk.put(file.path().resolveSibling("notes"), new byte[] {1});
        for (String name : List.of(
                log.id() + "/notes",
                log.id() + "/0-1-3",
                log.id() + "/../" + file.name(),
                "../" + log.id() + "/topic.meta",
                "0-1-2",
                "")) {
            assertThat(store.findDivergent(name)).as(name).isEmpty();
        }
    }

    @Test
    void totals_countNewFilesAtOnce_andDeletedOnesWithinAMinute() throws Exception {
        assertThat(store.divergentTotals()).isEqualTo(new DivergentTotals(0, 0));
        append("a", "b");
        simulation.run(log.admin().truncate(1));
        DivergentFile file = store.divergent().get(0);
        assertThat(store.divergentTotals()).isEqualTo(new DivergentTotals(1, file.bytes()));
        simulation.disk.remove(file.path());
        assertThat(store.divergentTotals().files()).as("not walked again").isEqualTo(1);
        simulation.tick(store, Duration.ofMinutes(1));
        assertThat(store.divergentTotals()).isEqualTo(new DivergentTotals(0, 0));
    }
}
