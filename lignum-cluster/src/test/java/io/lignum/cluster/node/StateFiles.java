package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.storage.sim.PowerCut;
import io.lignum.storage.sim.SimulatedDisk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Helpers for tests of a node's small text files: a simulated disk, the checksum, and a power cut
 * at each I/O.
 */
final class StateFiles {

    static final Path DIRECTORY = Path.of("/data");

    private static final int IOS = 12; // more than a replacement takes
    private static final int SEEDS = 20;

    interface Writing<V> {
        void write(SimulatedDisk disk, V value) throws IOException;
    }

    interface Reading<V> {
        V read(SimulatedDisk disk) throws IOException;
    }

    private StateFiles() {}

    static SimulatedDisk disk(int seed) throws IOException {
        SimulatedDisk disk = new SimulatedDisk(seed);
        disk.createDirectories(DIRECTORY);
        disk.forceDirectory(Path.of("/"));
        return disk;
    }

    /** The text with its checksum, as in the file. */
    static byte[] sealed(String body) {
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        String text = body + "crc32c=" + Long.toHexString(crc.getValue()) + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Replaces a value with a power cut at each I/O: afterwards either the old or the new value is
     * read.
     */
    static <V> void assertReplacedWhole(
            V old, V next, Writing<? super V> writing, Reading<? extends V> reading)
            throws IOException {
        for (int k = 1; k < IOS; k++) {
            for (int seed = 0; seed < SEEDS; seed++) {
                SimulatedDisk disk = disk(seed);
                writing.write(disk, old);
                disk.cutPowerAt(k);
                boolean done = false;
                try {
                    writing.write(disk, next);
                    done = true;
                } catch (PowerCut e) {
                    // As planned.
                }
                disk.cutPower();
                V found = reading.read(disk);
                assertThat(found.equals(next) || (!done && found.equals(old)))
                        .as("k %d, seed %d: %s", k, seed, found)
                        .isTrue();
            }
        }
    }
}
