package io.lignum.server.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.access.Grant;
import io.lignum.access.Grant.Effect;
import io.lignum.access.Principal;
import io.lignum.access.state.SecurityChange;
import io.lignum.access.state.SecurityJson;
import io.lignum.access.state.SecurityRecord;
import io.lignum.access.state.SecurityState;
import io.lignum.record.LogRecord;
import io.lignum.server.TestNode;
import io.lignum.server.access.Principals;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicLog;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The log of users and grants stays short, and has the same users. */
class SecurityCompactionTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int BATCH = 500;

    @TempDir
    Path directory;

    private static Grant grant(int number) {
        return Grant.parse(
                Principal.user("ada"),
                Effect.ALLOW,
                "read",
                Optional.of("topic:" + "t".repeat(100) + number % 50));
    }

    /** Each grant is made, and removed 25 changes later; in the end 25 are there. */
    private static SecurityChange change(int number) {
        return number % 50 < 25
                ? new SecurityChange.AddGrant(grant(number % 25))
                : new SecurityChange.RemoveGrant(grant(number % 25));
    }

    private void append(int changes) {
        try (LogStore store = LogStore.open(directory)) {
            TopicLog log = store.topic(SecurityLog.TOPIC);
            for (int i = 0; i < changes; i += BATCH) {
                List<LogRecord> records = new ArrayList<>();
                for (int j = i; j < i + BATCH; j++) {
                    records.add(LogRecord.of(SecurityJson.encode(
                            new SecurityRecord("id" + j, "user:root", 1, change(j)))));
                }
                log.append(records);
            }
        }
    }

    private record Extent(long start, long end, long bytes) {}

    private Extent extent() {
        try (LogStore store = LogStore.open(directory)) {
            TopicLog log = store.topic(SecurityLog.TOPIC);
            return new Extent(log.logStartOffset(), log.logEndOffset(), log.sizeInBytes());
        }
    }

    private TestNode start() {
        TestNode node = TestNode.start(directory, "security.mode", "on", "audit.log", "off");
        Awaitility.await().atMost(SOON).until(node.node().service().security()::isLoaded);
        return node;
    }

    private static SecurityState state(TestNode node) {
        return node.node().service().security().state();
    }

    @Test
    void manyChanges_leaveAShortLog_withTheSameUsersAndGrants() {
        try (TestNode node = start()) {
            SecurityService security = node.node().session().security();
            security.createUser("ada", Optional.of("a long enough password")).join();
            security.createToken("ada", "for a test", Optional.empty()).join();
        }
        append(20_000);
        assertThat(extent().bytes()).isGreaterThan(4 << 20);
        SecurityState before;
        try (TestNode node = start()) {
            before = state(node);
            assertThat(before.version()).isGreaterThan(20_000);
            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> node.node().service().securityLogStart() > 20_000);
        }
        Extent after = extent();
        assertThat(after.start()).isGreaterThan(20_000);
        assertThat(after.end() - after.start()).as("records that are read").isLessThan(10);
        assertThat(after.bytes()).isLessThan(2 * SecurityCompaction.MIN_GROWTH);
        long begin = System.nanoTime();
        try (TestNode node = start()) {
            System.out.println("start: " + (System.nanoTime() - begin) / 1_000_000 + " ms");
            SecurityState now = state(node);
            assertThat(now.grants()).isEqualTo(before.grants());
            assertThat(now.users().keySet()).containsExactly("ada");
            assertThat(now.user("ada").orElseThrow().version())
                    .isEqualTo(before.user("ada").orElseThrow().version());
            assertThat(now.tokens().keySet()).isEqualTo(before.tokens().keySet());
            assertThat(node.get("/api/topics", "Authorization", Principals.basic("ada"))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void changesWhileItIsCompacted_areKept() {
        int changes = 4_000;
        try (TestNode node = start()) {
            SecurityService security = node.node().session().security();
            security.createUser("ada", Optional.empty()).join();
            List<CompletableFuture<Void>> pending = new ArrayList<>();
            for (int i = 0; i < changes; i++) {
                pending.add(
                        i % 2 == 0 ? security.grant(grant(i / 2)) : security.revoke(grant(i / 2)));
                if (pending.size() == 100) {
                    CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new))
                            .join();
                    pending.clear();
                }
            }
            security.grant(grant(7)).join();
            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> node.node().service().securityLogStart() > 0);
        }
        try (TestNode node = start()) {
            assertThat(state(node).grants()).containsExactly(grant(7));
        }
        assertThat(extent().start()).isBetween(1_000L, changes + 2L);
    }
}
