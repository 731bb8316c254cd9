package io.lignum.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.coordinator.CoordinatorException;
import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.coordinator.SessionTimes;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.coordinator.Watched;
import io.lignum.cluster.testing.ConsulProcess;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What a node sees of a Consul that is killed, stopped, or loses its data. */
final class ConsulRestartIT {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration RECOVERY = Duration.ofSeconds(30);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final SessionTimes TIMES =
            new SessionTimes(Duration.ofSeconds(15), Duration.ofSeconds(1));
    private static final String KEY = "test/lock";

    private final ConsulSite site;
    private final ConsulCoordinator coordinator;
    private final Registration node;
    private String session = "";

    ConsulRestartIT(@TempDir Path directory) {
        site = new ConsulSite(directory);
        coordinator = new ConsulCoordinator(
                ConsulSettings.of("127.0.0.1", site.consul.httpPort()), ConsulSite::failed);
        node = new Registration("n1", "lignum", "127.0.0.1", site.openPort("n1"));
    }

    @BeforeEach
    void lock() {
        await(coordinator.register(node));
        session = await(coordinator.openSession(node, TIMES));
        assertThat(await(transact(new TxnOp.Lock(KEY, session, "mine"))))
                .isInstanceOf(TxnResult.Applied.class);
        site.every(Duration.ofMillis(500), () -> unheard(coordinator.pass(node)));
    }

    private static void unheard(CompletableFuture<?> future) {
        assertThat(future).isNotNull();
    }

    @AfterEach
    void stop() {
        coordinator.close();
        site.close();
    }

    private <T> T await(CompletableFuture<T> future) {
        return site.await(future, SOON);
    }

    private CompletableFuture<TxnResult> transact(TxnOp... operations) {
        return coordinator.transact(List.of(operations));
    }

    @Test
    void killedServerOfAnotherAgent_keepsSessionAndLock(@TempDir Path directory) {
        ConsulProcess agent = ConsulProcess.startAgentOf(site.consul, directory);
        ConsulSettings settings = ConsulSettings.of("127.0.0.1", agent.httpPort());
        try (agent;
                ConsulCoordinator other = new ConsulCoordinator(settings, ConsulSite::failed)) {
            Registration far = new Registration("n2", "lignum", "127.0.0.1", site.openPort("n2"));
            await(other.register(far));
            site.every(Duration.ofMillis(500), () -> unheard(other.pass(far)));
            String kept = await(other.openSession(far, TIMES));
            await(other.transact(List.of(new TxnOp.Lock("test/far", kept, "mine"))));
            site.consul.kill();
            assertThatThrownBy(() -> site.await(other.renew(kept), RECOVERY))
                    .hasCauseInstanceOf(CoordinatorException.class);
            await(other.pass(far));
            site.consul.launch();
            site.untilAnswered(RECOVERY, () -> site.await(other.renew(kept), RECOVERY));
            // Longer than it takes a check to end the session.
            long start = site.nanos();
            site.until(
                    RECOVERY, () -> site.nanos() - start > Duration.ofSeconds(5).toNanos());
            assertThat(await(other.renew(kept))).isTrue();
            assertThat(await(other.read("test/far")).orElseThrow().session())
                    .isEqualTo(Optional.of(kept));
        }
    }

    /** Its own agent starts with the port's check critical, and tells so before it has looked. */
    @Test
    void killedServerThatIsTheAgent_keepsTheKeysAndReportsWhetherTheSessionEnded() {
        site.consul.kill();
        assertFails(coordinator.read(KEY));
        assertFails(coordinator.renew(session));
        assertFails(transact(new TxnOp.Put(KEY, "other")));
        site.consul.launch();
        site.untilAnswered(RECOVERY, () -> await(coordinator.read(KEY)).isPresent());
        Entry entry = await(coordinator.read(KEY)).orElseThrow();
        assertThat(entry.value()).isEqualTo("mine");
        site.untilAnswered(RECOVERY, () -> {
            String next = await(coordinator.openSession(node, TIMES));
            await(coordinator.destroy(session));
            return await(transact(new TxnOp.Lock(KEY, next, "mine again")))
                    instanceof TxnResult.Applied;
        });
        assertThat(await(coordinator.renew(session))).isFalse();
    }

    @Test
    void watchAcrossARestart_failsAndGoesOn() {
        Watched last = await(coordinator.watch("test/", 0, LONG));
        CompletableFuture<Watched> broken = coordinator.watch("test/", last.index(), LONG);
        site.consul.kill();
        assertFails(broken);
        site.consul.restart();
        CompletableFuture<Watched> watch = coordinator.watch("test/", last.index(), LONG);
        site.untilAnswered(
                RECOVERY,
                () -> await(transact(new TxnOp.Put("test/other", "new")))
                        instanceof TxnResult.Applied);
        assertThat(await(watch).index()).isGreaterThan(last.index());
    }

    @Test
    void stoppedConsul_answersAgainWhateverBecameOfTheSession() {
        site.consul.terminate();
        assertFails(coordinator.read(KEY));
        site.consul.restart();
        site.untilAnswered(RECOVERY, () -> await(coordinator.read(KEY)).isPresent());
        site.untilAnswered(RECOVERY, () -> await(coordinator.pass(node)) == null);
    }

    @Test
    void consulThatLostItsData_provesTheSessionEndedAndItsIndexGoesBackwards() {
        for (int i = 0; i < 20; i++) {
            await(transact(new TxnOp.Put("test/count", "v" + i)));
        }
        Watched last = await(coordinator.watch("test/", 0, LONG));
        site.consul.kill();
        site.consul.deleteData();
        site.consul.restart();
        site.untilAnswered(RECOVERY, () -> !await(coordinator.renew(session)));
        Watched now = await(coordinator.watch("test/", last.index(), Duration.ofSeconds(1)));
        assertThat(now.entries()).isEmpty();
        assertThat(now.index()).isLessThan(last.index());
        assertFails(coordinator.pass(node));
        await(coordinator.register(node));
        await(coordinator.pass(node));
    }

    private void assertFails(CompletableFuture<?> future) {
        assertThatThrownBy(() -> await(future)).hasCauseInstanceOf(CoordinatorException.class);
    }
}
