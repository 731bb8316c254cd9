package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.env.NioDisk;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

class FreeSpaceTest {

    @TempDir
    Path directory;

    private final FaultyDisk disk = new FaultyDisk();
    private final Simulation simulation = new Simulation(1);

    @Test
    void withoutInodes_refusesAndSaysSo_untilThereAreSome() throws IOException {
        FreeSpace space = new FreeSpace(disk, simulation.environment, directory, 1);
        disk.outOfInodes(true);
        space.look();
        assertThat(space.whyFull()).hasValueSatisfying(why -> assertThat(why).contains("inodes"));
        assertThatThrownBy(space::refuseWhenFull)
                .isInstanceOf(StorageException.DiskFull.class)
                .hasMessageContaining("inodes");
        disk.outOfInodes(false);
        space.look();
        assertThat(space.isFull()).isFalse();
        space.refuseWhenFull();
    }

    /** Before the first look nothing is known, and the largest number is no measurement. */
    @Test
    void failedWrite_measuresAtThatMoment() {
        FreeSpace space = new FreeSpace(disk, simulation.environment, directory, 1);
        space.found(new DiskFullException("no space left"));
        assertThat(space.usableBytes()).isLessThan(Long.MAX_VALUE);
        assertThat(space.whyFull())
                .hasValueSatisfying(why -> assertThat(why)
                        .contains("a write found no space", "bytes free")
                        .doesNotContain(Long.toString(Long.MAX_VALUE)));
    }

    @Test
    void belowTheReserve_namesWhatIsMeasured() throws IOException {
        FreeSpace space = new FreeSpace(disk, simulation.environment, directory, Long.MAX_VALUE);
        space.look();
        assertThat(space.whyFull())
                .hasValueSatisfying(
                        why -> assertThat(why).contains(space.usableBytes() + " bytes free"));
    }

    @Test
    void probeForInodes_leavesNoFile() throws IOException {
        assertThat(new NioDisk().canCreateFiles(directory)).isTrue();
        assertThat(directory).isEmptyDirectory();
    }

    /** A write may need more than the few bytes that are free, and a quota shows in no number. */
    @Test
    void failedWrite_refusesUntilTwiceAsMuchIsFree() throws IOException {
        FreeSpace space = simulated();
        simulation.disk.limitCapacity(simulation.disk.usedBytes() + 8192);
        space.found(new DiskFullException("no space left"));
        assertRefusesFor(space, 1);
        simulation.disk.limitCapacity(simulation.disk.usedBytes() + 12_000);
        assertRefusesFor(space, 1);
        simulation.disk.limitCapacity(simulation.disk.usedBytes() + 2 * 8192);
        space.look();
        assertThat(space.isFull()).isFalse();
    }

    @Test
    void failedWrites_areTriedAgainThreeSecondsAfterTheFirst() throws IOException {
        FreeSpace space = simulated();
        for (int second = 0; second < 2; second++) {
            space.found(new DiskFullException("quota exceeded"));
            assertRefusesFor(space, 1);
        }
        simulation.environment.advance(Duration.ofSeconds(1));
        space.look();
        assertThat(space.isFull()).isFalse();
        space.found(new DiskFullException("quota exceeded"));
        assertRefusesFor(space, 2);
    }

    private FreeSpace simulated() {
        return new FreeSpace(simulation.disk, simulation.environment, Simulation.DIRECTORY, 0);
    }

    private void assertRefusesFor(FreeSpace space, int seconds) throws IOException {
        for (int second = 0; second < seconds; second++) {
            simulation.environment.advance(Duration.ofSeconds(1));
            space.look();
            assertThat(space.whyFull())
                    .hasValueSatisfying(why -> assertThat(why).contains("a write found no space"));
        }
    }

    /** Each probe creates and deletes a file, on a node that may have nothing else to do. */
    @Test
    void probeForInodes_isRare_andComesAtOnceAfterAShortage() throws IOException {
        FreeSpace space = new FreeSpace(disk, simulation.environment, directory, 1);
        for (int second = 0; second < 30; second++) {
            space.look();
            simulation.environment.advance(Duration.ofSeconds(1));
        }
        assertThat(disk.probes()).isEqualTo(3);
        space.look();
        disk.outOfInodes(true);
        space.look();
        assertThat(disk.probes()).isEqualTo(4);
        space.found(new DiskFullException("no space left"));
        space.look();
        assertThat(space.whyFull()).hasValueSatisfying(why -> assertThat(why).contains("inodes"));
    }
}
