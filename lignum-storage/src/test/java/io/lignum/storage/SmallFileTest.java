package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.storage.env.SmallFile;
import io.lignum.storage.sim.PowerCut;
import io.lignum.storage.sim.SimulatedDisk;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A small file is replaced whole or not at all. */
class SmallFileTest {

    private static final Path DIRECTORY = Path.of("/sim/data");
    private static final Path FILE = DIRECTORY.resolve("meta");

    private static void replace(SimulatedDisk disk, String text) throws IOException {
        SmallFile.replaceDurably(disk, FILE, StandardCharsets.UTF_8.encode(text));
    }

    private static String read(SimulatedDisk disk) throws IOException {
        ByteBuffer bytes = SmallFile.read(disk, FILE, 100);
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private static SimulatedDisk diskWith(String text, long seed) throws IOException {
        SimulatedDisk disk = new SimulatedDisk(seed);
        disk.createDirectories(DIRECTORY);
        disk.forceDirectory(Path.of("/sim"));
        disk.forceDirectory(Path.of("/"));
        replace(disk, text);
        return disk;
    }

    @Test
    void powerLostAtAnyIo_leavesTheOldOrTheNew_andTheNewOnceItReturned() throws IOException {
        boolean returned = false;
        for (int k = 1; !returned; k++) {
            for (long seed = 0; seed < 20; seed++) {
                SimulatedDisk disk = diskWith("old", seed);
                disk.cutPowerAt(k);
                try {
                    replace(disk, "the new one");
                    returned = true;
                } catch (PowerCut cut) {
                    assertThat(disk.isDead()).isTrue();
                }
                disk.cutPower();
                assertThat(read(disk)).isIn(returned ? "the new one" : "old", "the new one");
                replace(disk, "next");
                assertThat(read(disk)).isEqualTo("next");
            }
        }
    }

    @Test
    void largerThanExpected_isNotRead() throws IOException {
        SimulatedDisk disk = diskWith("x".repeat(101), 1);
        assertThatThrownBy(() -> read(disk))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("101 bytes, expected at most 100");
    }

    @Test
    void pathWithoutADirectory_isRefused() {
        SimulatedDisk disk = new SimulatedDisk(1);
        assertThatThrownBy(() ->
                        SmallFile.replaceDurably(disk, Path.of("meta"), ByteBuffer.allocate(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
