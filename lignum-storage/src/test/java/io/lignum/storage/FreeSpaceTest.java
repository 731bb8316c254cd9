package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.env.NioDisk;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

class FreeSpaceTest {

    @TempDir
    Path directory;

    private final FaultyDisk disk = new FaultyDisk();

    @Test
    void withoutInodes_refusesAndSaysSo_untilThereAreSome() throws IOException {
        FreeSpace space = new FreeSpace(disk, directory, 1);
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
        FreeSpace space = new FreeSpace(disk, directory, 1);
        space.found(new DiskFullException("no space left"));
        assertThat(space.usableBytes()).isLessThan(Long.MAX_VALUE);
        assertThat(space.whyFull())
                .hasValueSatisfying(why -> assertThat(why)
                        .contains("a write found no space", "bytes free")
                        .doesNotContain(Long.toString(Long.MAX_VALUE)));
    }

    @Test
    void belowTheReserve_namesWhatIsMeasured() throws IOException {
        FreeSpace space = new FreeSpace(disk, directory, Long.MAX_VALUE);
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
}
