package io.lignum.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.storage.LogStore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class TrainingClusterTest {

    private static final int RECORDS = 5;

    @TempDir
    Path directory;

    /** Both nodes have the records, so the code of leaders and of followers has run. */
    @Test
    void run_replicatesALiveTopic_andReadsBothKindsOfTopics() throws Exception {
        TrainingCluster.run(directory, RECORDS);
        for (String node : new String[] {"a", "b"}) {
            try (LogStore store = LogStore.open(directory.resolve(node))) {
                assertThat(store.findTopic("live").orElseThrow().logEndOffset()).isEqualTo(RECORDS);
                assertThat(store.findTopic("wal")).isPresent();
            }
        }
    }
}
