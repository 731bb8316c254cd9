package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.ProducerStamp;
import io.lignum.storage.internal.segment.Checkpoint;
import io.lignum.storage.internal.segment.EpochHistory;
import io.lignum.storage.internal.segment.OffsetIndex;
import io.lignum.storage.internal.segment.ProducerStates;
import io.lignum.storage.internal.segment.SegmentManifest;
import io.lignum.storage.internal.segment.SegmentSummary;
import io.lignum.storage.internal.segment.UnsupportedVersionException;
import io.lignum.storage.sim.SimulatedDisk;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * The index, checkpoint and manifest of a log: a read returns what was written or nothing, whatever
 * happened to the bytes, and distinguishes a file of a later release from a damaged one.
 */
class SideFilesOfLogTest {

    private static final Path DIRECTORY = Path.of("/sim/topic");

    /** A kind of file; reading gives a text that says all that was read, or "nothing". */
    enum Kind {
        CHECKPOINT(Checkpoint.NAME, 4) {
            @Override
            void write(SimulatedDisk disk) throws IOException {
                checkpoint().write(disk, DIRECTORY);
            }

            @Override
            String read(SimulatedDisk disk) throws IOException {
                return Checkpoint.read(disk, DIRECTORY, 100).map(Kind::describe).orElse("nothing");
            }
        },
        MANIFEST(SegmentManifest.NAME, 4) {
            @Override
            void write(SimulatedDisk disk) throws IOException {
                SegmentManifest manifest = SegmentManifest.load(disk, DIRECTORY);
                manifest.add(new SegmentManifest.Entry(0, new SegmentSummary(10, 1000, 7, 99, 1)));
            }

            @Override
            String read(SimulatedDisk disk) throws IOException {
                return SegmentManifest.load(disk, DIRECTORY)
                        .find(0)
                        .map(entry -> entry.summary().toString()
                                + entry.summary().lastEpoch()
                                + entry.summary().maxTimestamp())
                        .orElse("nothing");
            }
        },
        INDEX("index", -1) {
            @Override
            void write(SimulatedDisk disk) throws IOException {
                OffsetIndex index = new OffsetIndex();
                for (int i = 0; i < 10; i++) {
                    index.add(i, i * 10_000, 10_000, i);
                }
                disk.put(DIRECTORY.resolve("index"), Kind.bytes(index.encode()));
            }

            @Override
            String read(SimulatedDisk disk) {
                return OffsetIndex.decode(ByteBuffer.wrap(disk.bytes(DIRECTORY.resolve("index"))))
                        .map(index -> Arrays.toString(Kind.bytes(index.encode())))
                        .orElse("nothing");
            }
        },
        TOPIC_META(TopicMeta.FILE, 13) {
            @Override
            void write(SimulatedDisk disk) throws IOException {
                TopicConfig config = TopicConfig.DEFAULT
                        .withDurability(Durability.OS)
                        .withRetentionBytes(OptionalLong.of(5))
                        .withRetentionAge(Optional.of(Duration.ofHours(1)));
                new TopicMeta(new UUID(1, 2), "orders", config).write(disk, DIRECTORY);
            }

            @Override
            String read(SimulatedDisk disk) throws IOException {
                try {
                    return TopicMeta.read(disk, DIRECTORY).toString();
                } catch (StorageException.CorruptLog e) {
                    return "nothing";
                }
            }
        };

        private final String file;
        private final int versionAt;

        Kind(String file, int versionAt) {
            this.file = file;
            this.versionAt = versionAt;
        }

        abstract void write(SimulatedDisk disk) throws IOException;

        abstract String read(SimulatedDisk disk) throws IOException;

        private static byte[] bytes(ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        }

        static Checkpoint checkpoint() {
            ProducerStates producers = new ProducerStates(100);
            producers.accept(new ProducerStamp(7, (short) 1, 0), 3, 12, 0);
            return new Checkpoint(
                    3,
                    OptionalLong.of(15),
                    10,
                    new SegmentSummary(20, 500, 1234, 77, 2),
                    999,
                    EpochHistory.EMPTY.with(0, 0).with(2, 11),
                    producers);
        }

        private static String describe(Checkpoint c) {
            ByteBuffer rest = ByteBuffer.allocate(1000);
            c.epochs().encode(rest);
            c.producers().encode(rest);
            return c.logStartOffset() + " " + c.highWatermark() + " " + c.activeBase() + " "
                    + c.active() + c.active().maxTimestamp() + c.active().lastEpoch()
                    + c.firstAppendMillis() + " "
                    + Arrays.toString(rest.array());
        }
    }

    private final SimulatedDisk disk = new SimulatedDisk(1);

    private byte[] written(Kind kind) throws IOException {
        disk.createDirectories(DIRECTORY);
        kind.write(disk);
        return disk.bytes(DIRECTORY.resolve(kind.file));
    }

    private String read(Kind kind, byte[] bytes) {
        try {
            disk.put(DIRECTORY.resolve(kind.file), bytes);
            return kind.read(disk);
        } catch (UnsupportedVersionException e) {
            throw new StorageException.UnsupportedFormat(e.file(), e.version(), e.supported());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void writtenFile_isReadBack(Kind kind) throws IOException {
        byte[] bytes = written(kind);
        String read = kind.read(disk);
        assertThat(read).isNotEqualTo("nothing").contains("1");
        disk.remove(DIRECTORY.resolve(kind.file));
        assertThat(written(kind)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @EnumSource
    void anyBitFlipped_isNothingOrALaterVersion(Kind kind) throws IOException {
        byte[] bytes = written(kind);
        String good = kind.read(disk);
        int harmless = 0;
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                String read = read(kind, flipped);
                assertThat(read).as("bit %s", bit).isIn("nothing", good);
                harmless += read.equals(good) ? 1 : 0;
            } catch (StorageException.UnsupportedFormat e) {
                assertThat(bit / 8).as("bit %s", bit).isBetween(kind.versionAt, kind.versionAt + 3);
            }
        }
        // A letter of a hexadecimal number has two cases.
        assertThat(harmless).isLessThanOrEqualTo(kind == Kind.TOPIC_META ? 8 : 0);
    }

    @ParameterizedTest
    @EnumSource
    void anyPrefix_isNothing(Kind kind) throws IOException {
        byte[] bytes = written(kind);
        String good = kind.read(disk);
        for (int length = 0; length < bytes.length; length++) {
            String read = read(kind, Arrays.copyOf(bytes, length));
            boolean lastLineEnd = kind == Kind.TOPIC_META && length == bytes.length - 1;
            assertThat(read).as("length %s", length).isEqualTo(lastLineEnd ? good : "nothing");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"INDEX"},
            mode = EnumSource.Mode.EXCLUDE)
    void laterVersion_isUnsupported_notDamaged(Kind kind) throws IOException {
        byte[] bytes = written(kind);
        bytes[kind == Kind.TOPIC_META ? kind.versionAt : kind.versionAt + 3] =
                (byte) (kind == Kind.TOPIC_META ? '9' : 9);
        assertThatThrownBy(() -> read(kind, bytes))
                .isInstanceOf(StorageException.UnsupportedFormat.class)
                .hasMessageContaining("version 9");
        assertThat(disk.bytes(DIRECTORY.resolve(kind.file))).isEqualTo(bytes);
    }

    @Test
    void settingsWithANameThatIsNone_areDamaged() throws IOException {
        disk.createDirectories(DIRECTORY);
        for (String name : List.of("", "..", "a/b", "a\u001b[2J", "a\r", "x".repeat(250))) {
            new TopicMeta(new UUID(1, 2), name, TopicConfig.DEFAULT).write(disk, DIRECTORY);
            assertThatThrownBy(() -> TopicMeta.read(disk, DIRECTORY))
                    .as(name)
                    .isInstanceOf(StorageException.CorruptLog.class)
                    .hasMessageNotContaining("\u001b");
        }
    }

    @Test
    void damagedEntryInTheMiddleOfAManifest_endsItThere() throws IOException {
        disk.createDirectories(DIRECTORY);
        SegmentManifest manifest = SegmentManifest.load(disk, DIRECTORY);
        for (long base : List.of(0L, 10L, 20L)) {
            manifest.add(
                    new SegmentManifest.Entry(base, new SegmentSummary(base + 10, 100, 1, 1, 0)));
        }
        disk.flipBit(DIRECTORY.resolve(SegmentManifest.NAME), 8 + 48 + 3, 0);
        assertThat(SegmentManifest.load(disk, DIRECTORY).bases()).containsExactly(0L);
    }

    @Test
    void segmentsForgotten_areNoLongerListed_afterAReload() throws IOException {
        disk.createDirectories(DIRECTORY);
        SegmentManifest manifest = SegmentManifest.load(disk, DIRECTORY);
        for (long base : List.of(0L, 10L, 20L)) {
            manifest.add(
                    new SegmentManifest.Entry(base, new SegmentSummary(base + 10, 100, 1, 1, 0)));
        }
        manifest.forgetFrom(10);
        assertThat(SegmentManifest.load(disk, DIRECTORY).bases()).containsExactly(0L);
        manifest.add(new SegmentManifest.Entry(10, new SegmentSummary(12, 50, 1, 1, 0)));
        assertThat(SegmentManifest.load(disk, DIRECTORY).find(10))
                .map(entry -> entry.summary().endOffset())
                .contains(12L);
    }
}
