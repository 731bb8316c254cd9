package io.lignum.server.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.TestNode;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A node whose users do not change looks at their log about once a second. */
class IdleFollowerTest {

    @Test
    void quietLog_isLookedAtRarely_andAChangeIsSeenAtOnce(@TempDir Path directory) {
        try (TestNode node = TestNode.start(directory, "security.mode", "on")) {
            LogService service = node.node().service();
            node.node().session().security().createUser("ada", Optional.empty()).join();
            long before = service.looksAtUsers();
            Awaitility.await()
                    .pollDelay(Duration.ofSeconds(4)) // The time that is measured.
                    .until(() -> true);
            assertThat(service.looksAtUsers() - before).isBetween(1L, 12L);
            node.node().session().security().createUser("bob", Optional.empty()).join();
            assertThat(service.security().state().users()).containsOnlyKeys("ada", "bob");
        }
    }
}
