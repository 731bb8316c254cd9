package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

class FilePositionStoreTest {

    private static final UUID TOPIC = new UUID(1, 2);

    @TempDir
    Path directory;

    @Test
    void positions_areKeptByNameAndTopic() {
        FilePositionStore store = FilePositionStore.in(directory.resolve("new"));
        assertThat(store.load("a", "t")).isEmpty();
        store.save("a", "t", at(5));
        store.save("a", "u", at(6));
        store.save("b", "t", at(Long.MAX_VALUE));
        store.save("a", "t", at(7));
        assertThat(FilePositionStore.in(directory.resolve("new")).load("a", "t"))
                .hasValue(at(7));
        assertThat(store.load("a", "u")).hasValue(at(6));
        assertThat(store.load("b", "t")).hasValue(at(Long.MAX_VALUE));
    }

    private static StoredPosition at(long offset) {
        return new StoredPosition(offset, Optional.of(TOPIC));
    }

    @Test
    void positionOfAnEarlierRelease_isReadWithoutATopicsId() throws Exception {
        FilePositionStore store = FilePositionStore.in(directory);
        store.save("a", "t", new StoredPosition(5, Optional.empty()));
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.findFirst().orElseThrow()).hasContent("lignum position 1\na\nt\n5\n");
        }
        assertThat(store.load("a", "t")).hasValue(new StoredPosition(5, Optional.empty()));
    }

    @Test
    void namesWithoutBytes_areRefused_ratherThanMadeOne() {
        FilePositionStore store = FilePositionStore.in(directory);
        for (String name : List.of("a\ud83d", "a\ude00")) {
            assertThatThrownBy(() -> store.save(name, "t", at(1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void interruptedThread_savesAndLoads_andStaysInterrupted() {
        FilePositionStore store = FilePositionStore.in(directory);
        Thread.currentThread().interrupt();
        store.save("a", "t", at(9));
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(store.load("a", "t")).hasValue(at(9));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void names_neverBecomePaths() throws Exception {
        FilePositionStore store = FilePositionStore.in(directory.resolve("in"));
        for (String name : List.of("../x", "/etc/x", "a\nb", "", "..", "x".repeat(1_000))) {
            store.save(name, "t", at(1));
            assertThat(store.load(name, "t")).hasValue(at(1));
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(directory.resolve("in"));
        }
        try (Stream<Path> files = Files.list(directory.resolve("in"))) {
            assertThat(files).hasSize(6);
        }
    }

    @Test
    void damagedFile_isRefusedRatherThanGuessedAt() throws Exception {
        FilePositionStore store = FilePositionStore.in(directory);
        store.save("a", "t", at(12));
        Path file;
        try (Stream<Path> files = Files.list(directory)) {
            file = files.findFirst().orElseThrow();
        }
        String good = Files.readString(file);
        for (String bad : List.of(
                "",
                "12",
                good.replace("12\n", "-1\n"),
                good + "x\n",
                "x" + good,
                good.replace(TOPIC.toString(), "x"))) {
            Files.writeString(file, bad);
            assertThatThrownBy(() -> store.load("a", "t"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(file.toString());
        }
    }
}
