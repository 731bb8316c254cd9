package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A follower with its own file system, which is full, while messages are written. The tests share a
 * cluster.
 */
@NeedsRoot
@Isolated("processes that need both cores")
class RealFullDiskIT {

    private static final int DISK_MIB = 64;
    private static final int MIB = 1 << 20;

    /** Less than the next write of any log in these tests. */
    private static final int ALMOST_NOTHING_BYTES = 8 << 10;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static SmallDisk disk;

    @SuppressWarnings("NullAway.Init")
    private static JarCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private static NodeProcess small;

    @BeforeAll
    static void startCluster() throws IOException {
        disk = new SmallDisk(directory.resolve("small"), DISK_MIB);
        cluster = new JarCluster(directory, "replication.lag-limit-in-ms", "2000");
        cluster.add();
        cluster.add();
        small = cluster.add("message.data-dir", disk.directory().resolve("data").toString());
        cluster.nodes().stream().filter(node -> node != small).forEach(NodeProcess::launch);
    }

    @AfterAll
    static void endCluster() {
        try {
            if (cluster != null) {
                cluster.close();
            }
        } finally {
            if (disk != null) {
                disk.close();
            }
        }
    }

    /** The one with the small disk is the last to come, so it follows. */
    private static void startSmall(int reserveBytes) {
        if (small.isAlive()) {
            small.terminate();
        }
        cluster.leader();
        small.launch("storage.reserve-bytes", Integer.toString(reserveBytes));
        cluster.awaitInSync(3);
        assertThat(cluster.leader()).isNotSameAs(small);
    }

    @Test
    void writesOfAFollowerFindNoSpace_itIsLeftOutAndCatchesUpOnceThereIsSpace() throws Exception {
        startSmall(0);
        whileFull("no-space", ALMOST_NOTHING_BYTES, "disk full: a write found no space ");
    }

    @Test
    void followerBelowItsReserve_isLeftOutAndCatchesUpOnceThereIsSpace() throws Exception {
        startSmall(8 * MIB);
        whileFull("below-the-reserve", 4 * MIB, "appends need the reserve of 8388608 ");
    }

    private static void whileFull(String topic, int leftBytes, String words) throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, topic)) {
            disk.fill(leftBytes);
            awaitOutOfSync();
            load.awaitMore(500);
            assertThat(cluster.leader()).isNotSameAs(small);
            assertThat(small.isAlive()).as("the full node runs on").isTrue();
            assertThat(small.log()).contains(words);
            assertThat(small.readAll(topic)).as("reads go on").startsWith("m0", "m1");
            disk.freeSpace();
            cluster.awaitInSync(3);
            load.awaitMore(100);
            load.finishAndVerify();
        } finally {
            disk.freeSpace();
        }
    }

    private static void awaitOutOfSync() {
        Awaitility.await(small + " is out of sync")
                .atMost(JarCluster.TIMEOUT)
                .ignoreExceptions()
                .until(() -> {
                    JsonNode inSync = cluster.leader().get("/api/cluster").get("in_sync");
                    return inSync.size() == 2 && !inSync.toString().contains(small.id());
                });
    }
}
