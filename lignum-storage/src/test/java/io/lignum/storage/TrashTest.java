package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.storage.sim.IoKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

/** The trash is emptied whatever stands in it. */
class TrashTest {

    private static final Path TRASH = Simulation.DIRECTORY.resolve("trash");

    private final Simulation simulation = new Simulation(3);

    private void put(String path) throws IOException {
        simulation.disk.put(TRASH.resolve(path), new byte[10]);
    }

    @Test
    void directoriesOfAnyName_areDeletedWithAllTheyHold() throws IOException {
        LogStore store = simulation.open();
        String id = new UUID(1, 2).toString();
        put(id + "-2/00000000000000000000.qwal");
        put(id + "-2/aside/torn-0-10");
        put("what-an-operator-left/deeper/file");
        simulation.tick(store, Duration.ofSeconds(1));
        assertThat(simulation.disk.list(TRASH)).isEmpty();
    }

    @Test
    void entryThatCannotBeDeleted_doesNotBlockTheOthersAndIsTriedAgain() throws IOException {
        LogStore store = simulation.open();
        put("first/file");
        put("second/file");
        simulation.disk.failAt(IoKind.DELETE, 1, new IOException("simulated: not permitted"));
        simulation.tick(store, Duration.ofSeconds(1));
        assertThat(simulation.disk.list(TRASH)).containsExactly("first");
        simulation.tick(store, Duration.ofMinutes(2));
        assertThat(simulation.disk.list(TRASH)).isEmpty();
    }

    @Test
    void link_isDeletedAndNotFollowed(@TempDir Path directory) throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Path kept = Files.writeString(outside.resolve("kept"), "kept");
        try (LogStore store = LogStore.open(directory.resolve("data"))) {
            Path trashed = directory.resolve("data/trash");
            Path link = trashed.resolve("link");
            Files.createSymbolicLink(link, outside);
            Trash trash = new Trash(new io.lignum.storage.env.NioDisk(), trashed);
            assertThat(trash.empty(100)).isFalse();
            assertThat(store.status().topics()).isZero();
            assertThat(Files.exists(link, java.nio.file.LinkOption.NOFOLLOW_LINKS))
                    .isFalse();
        }
        assertThat(kept).exists();
    }
}
