package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class FilePositionStoreTest {

    @TempDir
    Path directory;

    @Test
    void positions_areKeptByNameAndTopic() {
        FilePositionStore store = FilePositionStore.in(directory.resolve("new"));
        assertThat(store.load("a", "t")).isEmpty();
        store.save("a", "t", 5);
        store.save("a", "u", 6);
        store.save("b", "t", Long.MAX_VALUE);
        store.save("a", "t", 7);
        assertThat(FilePositionStore.in(directory.resolve("new")).load("a", "t"))
                .hasValue(7);
        assertThat(store.load("a", "u")).hasValue(6);
        assertThat(store.load("b", "t")).hasValue(Long.MAX_VALUE);
    }

    @Test
    void names_neverBecomePaths() throws Exception {
        FilePositionStore store = FilePositionStore.in(directory.resolve("in"));
        for (String name : List.of("../x", "/etc/x", "a\nb", "", "..", "x".repeat(1_000))) {
            store.save(name, "t", 1);
            assertThat(store.load(name, "t")).hasValue(1);
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
        store.save("a", "t", 12);
        Path file;
        try (Stream<Path> files = Files.list(directory)) {
            file = files.findFirst().orElseThrow();
        }
        String good = Files.readString(file);
        for (String bad : List.of("", "12", good.replace("12", "-1"), good + "x\n", "x" + good)) {
            Files.writeString(file, bad);
            assertThatThrownBy(() -> store.load("a", "t"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(file.toString());
        }
    }
}
