package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.LogRecord;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A data directory that is moved, deleted or replaced under an open store is noticed within about a
 * second.
 */
class LostDirectoryTest {

    @TempDir
    Path directory;

    interface Mishap {
        void happen(Path data) throws IOException;
    }

    @Test
    void movedDirectory_endsTheStore() throws Exception {
        endsTheStore(data -> Files.move(data, directory.resolve("elsewhere")));
    }

    @Test
    void deletedDirectory_endsTheStore() throws Exception {
        endsTheStore(LostDirectoryTest::delete);
    }

    @Test
    void directoryReplacedByACopy_endsTheStore() throws Exception {
        endsTheStore(data -> {
            Files.move(data, directory.resolve("elsewhere"));
            Files.createDirectory(data);
            Files.writeString(data.resolve(DataDirectory.LOCK_FILE), "process 1");
        });
    }

    private void endsTheStore(Mishap mishap) throws Exception {
        Path data = directory.resolve("data");
        CompletableFuture<StorageException> failed = new CompletableFuture<>();
        StoreConfig config = StoreConfig.DEFAULT.toBuilder()
                .listener(new StoreListener() {
                    @Override
                    public void storeFailed(StorageException cause) {
                        failed.complete(cause);
                    }
                })
                .build();
        LogStore store = LogStore.open(data, config);
        TopicLog log = store.openOrCreate("t");
        log.append(LogRecord.of("first"));
        mishap.happen(data);
        StorageException cause = failed.get(20, TimeUnit.SECONDS);
        assertThat(cause.getMessage()).contains(data.toString(), "moved, deleted or replaced");
        assertThatThrownBy(() -> log.append(LogRecord.of("second")))
                .isInstanceOf(StorageException.DiskFailed.class);
        store.close();
    }

    private static void delete(Path data) throws IOException {
        List<Path> all;
        try (Stream<Path> tree = Files.walk(data)) {
            all = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
