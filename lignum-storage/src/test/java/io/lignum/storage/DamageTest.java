package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.LogRecord;
import io.lignum.storage.internal.segment.Checkpoint;
import io.lignum.storage.internal.segment.Crc;
import io.lignum.storage.internal.segment.SegmentManifest;
import io.lignum.storage.sim.SimulatedDisk;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A torn tail, damage and a later version are three different things. */
class DamageTest {

    private static final String ACTIVE_20 = "00000000000000000020.qwal";
    private static final String SEALED_0 = "00000000000000000000.log";
    private static final String SEALED_10 = "00000000000000000010.log";

    private final Simulation simulation = new Simulation(7);
    private final SimulatedDisk disk = simulation.disk;
    private LogStore store = simulation.open();
    private TopicLog log = store.createTopic("t", TopicConfig.DEFAULT.withSegmentMaxRecords(10));

    private void append(int count) {
        for (int i = 0; i < count; i++) {
            simulation.run(log.appendAsync(LogRecord.of("r" + log.logEndOffset())));
        }
    }

    private Path file(String name) {
        return log.state().directory().resolve(name);
    }

    private void reopen() {
        store = simulation.open();
        log = store.topic("t");
    }

    /**
     * Closes the store and opens it with less of the active segment, which is answered, than was
     * durable.
     */
    private byte[] loseDurableBytes() throws IOException {
        simulation.close(store);
        byte[] whole = disk.bytes(file(ACTIVE_20));
        byte[] shorter = Arrays.copyOf(whole, whole.length - 3);
        simulation.crash(false);
        disk.put(file(ACTIVE_20), shorter);
        reopen();
        return shorter;
    }

    private void killAndReopen() {
        simulation.crash(false);
        reopen();
    }

    private void assertReads(int from, int to) {
        List<String> texts = LogStoreTest.texts(log);
        assertThat(texts).hasSize(to - from);
        for (int i = from; i < to; i++) {
            assertThat(texts.get(i - from)).isEqualTo("r" + i);
        }
    }

    @Test
    void tornTailAfterCrash_isSavedAside_andTheLogGoesOnAtTheLastWholeBatch() throws Exception {
        append(25);
        byte[] whole = disk.bytes(file(ACTIVE_20));
        simulation.crash(false);
        byte[] torn = Arrays.copyOf(whole, whole.length - 3);
        disk.put(file(ACTIVE_20), torn);
        reopen();
        assertReads(0, 24);
        byte[] aside = disk.contents(file("aside")).get(0);
        assertThat(torn).endsWith(aside);
        append(3);
        assertReads(0, 27);
        killAndReopen();
        assertReads(0, 27);
    }

    @Test
    void bitFlippedAboveTheCheckpoint_isATornTail() {
        append(25);
        simulation.crash(false);
        disk.flipBit(file(ACTIVE_20), disk.bytes(file(ACTIVE_20)).length - 1, 0);
        reopen();
        assertReads(0, 24);
    }

    @Test
    void bitFlippedInASealedSegment_isNeverServed_andAScrubFindsIt() {
        append(25);
        disk.flipBit(file(SEALED_10), 200, 3);
        assertThat(log.scrub().problems()).hasSize(1).first().asString().contains(SEALED_10);
        assertThatThrownBy(() -> LogStoreTest.texts(log))
                .isInstanceOf(StorageException.CorruptLog.class)
                .hasMessageContaining(SEALED_10);
        try (LogCursor cursor = log.cursor(20)) {
            assertThat(cursor.next()).isTrue();
        }
        append(1);
        byte[] damaged = disk.bytes(file(SEALED_10));
        killAndReopen();
        append(1);
        assertThat(disk.bytes(file(SEALED_10))).isEqualTo(damaged);
        assertThat(log.scrub().clean()).isFalse();
    }

    @Test
    void headBitsThatNoCrcCovers_areProvedToo() {
        append(25);
        int size = disk.bytes(file(SEALED_0)).length / 10;
        for (int at : new int[] {0, 7, 8, 11, 12, 15, 16, 17}) {
            disk.flipBit(file(SEALED_0), 3 * size + at, 0);
            assertThat(log.scrub().problems()).as("byte %s", at).hasSize(1);
            disk.flipBit(file(SEALED_0), 3 * size + at, 0);
        }
        assertThat(log.scrub().clean()).isTrue();
    }

    @Test
    void durableBytesThatAreLost_stopAppends_andWhatIsLeftIsServed() throws Exception {
        append(25);
        byte[] shorter = loseDurableBytes();
        assertThatThrownBy(() -> log.appendAsync(LogRecord.of("x")))
                .isInstanceOf(StorageException.CorruptLog.class)
                .hasMessageContaining(ACTIVE_20);
        try (LogCursor cursor = log.cursor(0)) {
            assertThat(cursor.next()).isTrue();
        }
        simulation.close(store);
        assertThat(disk.bytes(file(ACTIVE_20))).as("left for a human").isEqualTo(shorter);
    }

    @Test
    void damagedTopic_isPutAsideAsItIs_andMadeAgain() throws Exception {
        append(25);
        byte[] shorter = loseDurableBytes();
        assertThat(log.damage()).isInstanceOf(StorageException.CorruptLog.class);
        TopicLog old = log;
        for (int n = 1; n <= 2; n++) {
            log = simulation.run(store.renewTopicAsync(log));
            assertThat(store.topic("t")).isSameAs(log);
            assertThat(log.damage()).isNull();
            assertThat(log.id()).isEqualTo(old.id());
            assertThat(log.config()).isEqualTo(old.config());
            assertThat(log.logEndOffset()).isZero();
            append(n);
            killAndReopen();
            assertReads(0, n);
        }
        Path aside = Simulation.DIRECTORY.resolve("divergent").resolve(old.id().toString());
        assertThat(disk.list(aside)).containsExactly("quarantined-1", "quarantined-2");
        assertThat(disk.bytes(aside.resolve("quarantined-1").resolve(ACTIVE_20)))
                .isEqualTo(shorter);
        assertThat(store.divergent()).isEmpty();
        assertThatThrownBy(() -> old.cursor(0).next()).isInstanceOf(StorageException.class);
    }

    @Test
    void batchOfALaterVersion_isUnsupported_andNothingIsTouched() {
        append(25);
        simulation.crash(false);
        int size = disk.bytes(file(ACTIVE_20)).length / 5;
        disk.flipBit(file(ACTIVE_20), 4 * size + 16, 0); // version 2 becomes 3
        byte[] before = disk.bytes(file(ACTIVE_20));
        assertThatThrownBy(simulation::open)
                .isInstanceOf(StorageException.UnsupportedFormat.class)
                .hasMessageContaining("version 3");
        assertThat(disk.bytes(file(ACTIVE_20))).isEqualTo(before);
        disk.flipBit(file(ACTIVE_20), 4 * size + 16, 0);
        killAndReopen();
        assertReads(0, 25);
    }

    @ParameterizedTest
    @ValueSource(strings = {Checkpoint.NAME, SegmentManifest.NAME})
    void sideFileOfALaterVersion_isUnsupported_andNothingIsTouched(String name) throws Exception {
        append(25);
        simulation.close(store);
        Path path = file(name);
        byte[] later = disk.bytes(path);
        later[7]++;
        disk.put(path, later);
        assertThatThrownBy(simulation::open)
                .isInstanceOf(StorageException.UnsupportedFormat.class)
                .hasMessageContaining("version 2");
        assertThat(disk.bytes(path)).isEqualTo(later);
    }

    @Test
    void directoryOfALaterVersion_isUnsupported_andNothingIsTouched() throws Exception {
        append(3);
        simulation.close(store);
        disk.put(
                Simulation.DIRECTORY.resolve("lignum.format"),
                "lignum-data 2\n".getBytes(StandardCharsets.UTF_8));
        long ios = disk.ioCount();
        assertThatThrownBy(simulation::open).isInstanceOf(StorageException.UnsupportedFormat.class);
        assertThat(disk.ioCount()).isEqualTo(ios);
    }

    @Test
    void lostSideFiles_areMadeAgain() throws Exception {
        for (int i = 0; i < 3; i++) {
            log.lead(i + 1);
            append(8);
        }
        simulation.close(store);
        disk.remove(file(SegmentManifest.NAME));
        reopen();
        assertReads(0, 24);
        assertThat(log.epochEnd(1)).isEqualTo(new EpochEnd(1, 8));
        simulation.close(store);
        disk.remove(file(Checkpoint.NAME));
        reopen();
        assertReads(0, 24);
        assertThat(log.epochEnd(2)).isEqualTo(new EpochEnd(2, 16));
        assertThat(log.epoch()).isEqualTo(3);
        append(10);
        assertReads(0, 34);
    }

    @Test
    void unforcedSegmentOfTwoEpochs_withATornEnd_keepsWhatComesBefore() throws Exception {
        log = store.createTopic(
                "os", TopicConfig.DEFAULT.withDurability(Durability.OS).withSegmentMaxRecords(4));
        append(2);
        log.lead(1);
        append(3);
        Path full = log.state().directory().resolve("00000000000000000000.qwal");
        simulation.crash(false);
        byte[] bytes = disk.bytes(full);
        disk.put(full, Arrays.copyOf(bytes, bytes.length - 5));
        store = simulation.open();
        log = store.topic("os");
        assertThat(log.logEndOffset()).isEqualTo(3);
        assertReads(0, 3);
        assertThat(log.epochEnd(0)).isEqualTo(new EpochEnd(0, 2));
        assertThat(log.epoch()).isEqualTo(1);
    }

    @Test
    void deletedIndex_isRebuilt() throws Exception {
        String text = "x".repeat(3000);
        for (int i = 0; i < 15; i++) {
            simulation.run(log.appendAsync(LogRecord.of(text).withTimestamp(i)));
        }
        Path index = file("00000000000000000000.index");
        assertThat(disk.exists(index)).isTrue();
        byte[] saved = disk.bytes(index);
        simulation.close(store);
        disk.remove(index);
        reopen();
        assertThat(log.offsetAt(7)).hasValue(7);
        assertThat(disk.bytes(index)).isEqualTo(saved);
        disk.flipBit(index, 5, 5);
        killAndReopen();
        assertThat(log.offsetAt(8)).hasValue(8);
    }

    @Test
    void indexLargerThanAnyOfItsSegment_isMadeAgain() throws Exception {
        String text = "x".repeat(3000);
        for (int i = 0; i < 18; i++) {
            simulation.run(log.appendAsync(LogRecord.of(text).withTimestamp(i)));
        }
        simulation.close(store);
        for (String base : List.of("00000000000000000000", "00000000000000000010")) {
            byte[] saved = disk.bytes(file(base + ".index"));
            disk.put(file(base + ".index"), Arrays.copyOf(saved, 100_000));
        }
        reopen();
        assertThat(log.offsetAt(7)).hasValue(7);
        assertThat(log.offsetAt(17)).hasValue(17);
        assertThat(simulation.run(log.appendAsync(LogRecord.of("y")))).isEqualTo(18);
    }

    @Test
    void checkpointThatNoLogCanHave_isAsIfItWereNotThere() throws Exception {
        append(25);
        simulation.close(store);
        byte[] forged = disk.bytes(file(Checkpoint.NAME));
        ByteBuffer bytes = ByteBuffer.wrap(forged);
        bytes.putLong(4 + 4 + 1 + 8 + 8 + 8 + 8, -5); // bytes of the active segment
        bytes.putInt(forged.length - 4, Crc.of(bytes, 0, forged.length - 4));
        disk.put(file(Checkpoint.NAME), forged);
        reopen();
        assertReads(0, 25);
    }

    @Test
    void foreignDirectory_isRefused_andNothingIsTouched() throws Exception {
        Simulation other = new Simulation(1);
        other.disk.put(Simulation.DIRECTORY.resolve("t/00000000.qwal"), new byte[] {1, 2});
        long ios = other.disk.ioCount();
        assertThatThrownBy(other::open)
                .isInstanceOf(StorageException.ForeignDirectory.class)
                .hasMessageContaining("'t'");
        assertThat(other.disk.ioCount()).isEqualTo(ios);
        assertThat(other.disk.list(Simulation.DIRECTORY)).containsExactly("t");
    }
}
