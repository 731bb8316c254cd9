package io.lignum.storage.internal.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.storage.env.NioDisk;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A leased file is open until it is given back, and none stays open that cannot be used any more.
 */
class FileCacheTest {

    @TempDir
    Path directory;

    private Segment segment(long base) throws IOException {
        Segment segment = Segment.sealed(directory, base, new SegmentSummary(base));
        Files.writeString(segment.path(), "records");
        return segment;
    }

    private static int read(FileCache.Lease lease) throws IOException {
        return lease.file().read(ByteBuffer.allocate(7), 0);
    }

    @Test
    void fileLeasedWhenAllOthersAreInUse_isOpen() throws IOException {
        FileCache files = new FileCache(new NioDisk(), 1);
        try (FileCache.Lease first = files.lease(segment(0));
                FileCache.Lease second = files.lease(segment(10))) {
            assertThat(read(second)).isEqualTo(7);
            assertThat(read(first)).isEqualTo(7);
        }
        assertThat(files.size()).isEqualTo(1);
    }

    @Test
    void fileOfASegmentThatIsRemoved_doesNotStayOpen() throws IOException {
        FileCache files = new FileCache(new NioDisk(), 10);
        Segment segment = segment(0);
        segment.remove();
        files.retire(segment);
        try (FileCache.Lease late = files.lease(segment)) {
            assertThat(read(late)).isEqualTo(7);
        }
        assertThat(files.size()).isZero();
    }
}
