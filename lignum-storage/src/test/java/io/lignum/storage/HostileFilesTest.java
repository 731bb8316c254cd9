package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordException;
import io.lignum.record.StoredRecord;
import io.lignum.record.fuzz.Mutator;
import io.lignum.record.fuzz.Rounds;
import io.lignum.storage.sim.SimulatedDisk;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Files of a data directory that were made to do harm, many with checksums made right: a store
 * that opens them, and the inspector, end with a {@link StorageException} or go on, and what is
 * read is what was written.
 */
class HostileFilesTest {

    private static final int ROUNDS = 250;
    private static final int RECORDS = 60;

    /** The files of a store with all that a topic can have, by path. */
    private static Map<Path, byte[]> store(boolean closed) throws IOException {
        Simulation simulation = new Simulation(3);
        LogStore store = simulation.open();
        for (String name : List.of("a", "b")) {
            TopicLog log = store.createTopic(name, TopicConfig.DEFAULT.withSegmentMaxRecords(12));
            for (int i = 0; i < RECORDS; i++) {
                if (i % 20 == 0) {
                    log.lead(1 + i / 20);
                }
                simulation.run(log.appendAsync(List.of(record(name, i)), stamped(i)));
            }
            log.advanceHighWatermark(RECORDS - 10);
            simulation.run(log.admin().truncate(RECORDS - 2));
            simulation.run(log.appendAsync(List.of(record(name, RECORDS - 2)), AppendOptions.NONE));
            simulation.tick(store, Duration.ofSeconds(20));
            simulation.run(log.appendAsync(List.of(record(name, RECORDS - 1)), AppendOptions.NONE));
        }
        if (closed) {
            simulation.close(store);
        } else {
            simulation.crash(false);
        }
        Map<Path, byte[]> files = new TreeMap<>();
        collect(simulation.disk, Simulation.DIRECTORY, files);
        return files;
    }

    private static LogRecord record(String topic, int offset) {
        return LogRecord.of(text(topic, offset)).withTimestamp(1_000L + offset);
    }

    private static String text(String topic, long offset) {
        return (topic + offset + " ").repeat(700);
    }

    private static AppendOptions stamped(int i) {
        return new AppendOptions(
                OptionalLong.empty(), new ProducerStamp(1 + i % 3, (short) 0, i / 3));
    }

    private static void collect(SimulatedDisk disk, Path directory, Map<Path, byte[]> files)
            throws IOException {
        for (String name : disk.list(directory)) {
            Path path = directory.resolve(name);
            if (disk.isDirectory(path)) {
                collect(disk, path, files);
            } else {
                files.put(path, disk.bytes(path));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void storeOfHostileFiles_opensOrSaysWhy_andServesOnlyWhatWasWritten(boolean closed)
            throws IOException {
        Map<Path, byte[]> sound = store(closed);
        List<Path> paths = new ArrayList<>(sound.keySet());
        Rounds.run("files of a " + (closed ? "closed" : "killed") + " store", ROUNDS, seed -> {
            Mutator mutator = new Mutator(seed);
            Simulation simulation = of(sound, seed);
            boolean forged = false;
            for (int files = 1 + mutator.random().nextInt(2); files > 0; files--) {
                Path path = paths.get(mutator.random().nextInt(paths.size()));
                HostileFile hostile = HostileFile.of(path, sound, mutator);
                forged |= hostile.isForgedSegment();
                simulation.disk.put(path, hostile.bytes());
            }
            inspect(simulation);
            use(simulation, forged);
            use(simulation, forged);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void damagedSideFiles_loseNothing(boolean closed) throws IOException {
        Map<Path, byte[]> sound = store(closed);
        List<Path> sides = sound.keySet().stream()
                .filter(path -> path.toString().matches(".*(index|checkpoint|segments)"))
                .toList();
        Rounds.run("side files of a " + (closed ? "closed" : "killed") + " store", ROUNDS, seed -> {
            Mutator mutator = new Mutator(seed);
            Simulation simulation = of(sound, seed);
            for (int files = 1 + mutator.random().nextInt(3); files > 0; files--) {
                Path path = sides.get(mutator.random().nextInt(sides.size()));
                byte[] own = sound.getOrDefault(path, new byte[0]);
                simulation.disk.put(path, mutator.mutate(own));
            }
            try {
                LogStore store = simulation.open();
                for (TopicLog log : store.topics()) {
                    assertThat(read(log, false)).isGreaterThanOrEqualTo(RECORDS - 10);
                    assertThat(log.offsetAt(1_030)).hasValue(30);
                    simulation.run(log.appendAsync(record("new", 0)));
                }
            } catch (StorageException.UnsupportedFormat later) {
                assertThat(later).hasMessageContaining("version");
            }
        });
    }

    private static Simulation of(Map<Path, byte[]> files, long seed) throws IOException {
        Simulation simulation = new Simulation(seed);
        for (Map.Entry<Path, byte[]> file : files.entrySet()) {
            simulation.disk.put(file.getKey(), file.getValue());
        }
        return simulation;
    }

    @Test
    void storeOfSoundFiles_servesAll() throws IOException {
        Simulation simulation = of(store(true), 1);
        LogStore store = simulation.open();
        assertThat(read(store.topic("a"), false)).isEqualTo(RECORDS - 10);
        assertThat(store.divergent()).hasSize(2);
        assertThat(simulation.disk.list(store.topic("a").state().directory()))
                .contains("checkpoint", "segments", "00000000000000000012.index");
    }

    private static void inspect(Simulation simulation) throws IOException {
        long before = simulation.disk.ioCount();
        try {
            LogInspector inspector = LogInspector.of(Simulation.DIRECTORY, simulation.disk);
            for (TopicInspector topic : inspector.topics()) {
                assertThat(topic.verify(false, bytes -> {}).findings()).isNotNull();
                topic.visit(0, Long.MAX_VALUE, false, (batch, segment, position) -> true);
            }
            for (DivergentFile cut : DivergentFile.list(Simulation.DIRECTORY, simulation.disk)) {
                readAll(cut);
            }
        } catch (StorageException refusal) {
            assertThat(refusal.getMessage()).isNotBlank();
        }
        assertThat(simulation.disk.ioCount()).isEqualTo(before);
    }

    private static void readAll(DivergentFile cut) {
        try (DivergentReader reader = cut.open()) {
            long end = cut.from();
            while (reader.next()) {
                assertThat(reader.batch().baseOffset()).isEqualTo(end);
                end = reader.batch().nextOffset();
            }
        }
    }

    private static void use(Simulation simulation, boolean forged) {
        LogStore store;
        try {
            store = simulation.open();
        } catch (StorageException refusal) {
            assertThat(refusal.getMessage()).isNotBlank();
            return;
        }
        for (TopicLog log : store.topics()) {
            succeedsOrIsRefused(() -> read(log, forged));
            succeedsOrIsRefused(() -> log.offsetAt(1_030));
            succeedsOrIsRefused(() -> log.scrub());
            succeedsOrIsRefused(() -> simulation.run(log.appendAsync(record("new", 0))));
            succeedsOrIsRefused(() -> simulation.run(log.admin().trim(20)));
            succeedsOrIsRefused(() -> simulation.run(log.admin().truncate(55)));
        }
        succeedsOrIsRefused(() -> simulation.tick(store, Duration.ofSeconds(30)));
        succeedsOrIsRefused(() -> simulation.close(store));
    }

    private static void succeedsOrIsRefused(Runnable use) {
        try {
            use.run();
        } catch (StorageException | RecordException refusal) {
            assertThat(refusal.getMessage()).isNotBlank();
        }
    }

    private static int read(TopicLog log, boolean forged) {
        int count = 0;
        for (StoredRecord record : log.read(log.logStartOffset())) {
            if (!forged && record.timestamp() != 1_000) {
                assertThat(record.text()).isEqualTo(text(log.name(), record.offset()));
            }
            count++;
        }
        return count;
    }
}
