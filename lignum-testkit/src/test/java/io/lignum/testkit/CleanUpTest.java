package io.lignum.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.client.LignumClient;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a cluster leaves behind. Alone, because threads and files of others would count. */
@Isolated
class CleanUpTest {

    @Test
    void close_leavesNoThreadAndNoFile() throws Exception {
        useACluster(); // What the JVM keeps for good after a first use, such as timers of gRPC's
        // own.
        Set<Thread> before = threads();
        Path directory = useACluster();
        assertThat(directory).doesNotExist();
        assertThat(openFilesBelow(directory)).isEmpty();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(ours(before)).isEmpty());
    }

    private static Path useACluster() {
        try (LignumTestCluster cluster = LignumTestCluster.start(3);
                LignumClient client = cluster.connect();
                Orders orders = Orders.to(client, "orders")) {
            orders.send(10);
            cluster.leader().kill();
            orders.send(10);
            cluster.awaitLeader().pause();
            cluster.repair();
            orders.awaitAcknowledged();
            cluster.leader().slowDisk(Duration.ofHours(1));
            return cluster.directory();
        }
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet();
    }

    private static List<String> ours(Set<Thread> before) {
        return threads().stream()
                .filter(thread -> thread.isAlive() && !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.startsWith("lignum"))
                .toList();
    }

    private static Set<String> openFilesBelow(Path directory) throws Exception {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.exists(descriptors)) {
            return Set.of();
        }
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.map(CleanUpTest::target)
                    .filter(target -> target.startsWith(directory.toString()))
                    .collect(Collectors.toSet());
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (java.io.IOException missing) {
            return "";
        }
    }
}
