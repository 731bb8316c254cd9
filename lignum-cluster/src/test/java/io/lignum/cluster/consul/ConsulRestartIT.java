package io.lignum.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.coordinator.CoordinatorException;
import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.coordinator.SessionTimes;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.coordinator.Watched;

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
    private static final String KEY = "test/lock";

    private final ConsulSite site;
    private final ConsulCoordinator coordinator;
    private final Registration node;
    private String session = "";

    ConsulRestartIT(@TempDir Path directory) {
        site = new ConsulSite(directory);
        coordinator = new ConsulCoordinator(ConsulSettings.of("127.0.0.1", site.consul.httpPort()));
        node = new Registration("n1", "lignum", "127.0.0.1", site.openPort("n1"));
    }

    @BeforeEach
    void lock() {
        await(coordinator.register(node));
        SessionTimes times = new SessionTimes(Duration.ofSeconds(15), Duration.ofSeconds(1));
        session = await(coordinator.openSession(node, times));
        assertThat(await(transact(new TxnOp.Lock(KEY, session, "mine"))))
                .isInstanceOf(TxnResult.Applied.class);
        site.every(Duration.ofMillis(500), () -> {
            CompletableFuture<Void> unheard = coordinator.pass(node);
            assertThat(unheard).isNotNull();
        });
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
    void killedConsul_keepsSessionAndLock() {
        site.consul.kill();
        assertFails(coordinator.read(KEY));
        assertFails(coordinator.renew(session));
        assertFails(transact(new TxnOp.Put(KEY, "other")));
        site.consul.launch();
        site.untilAnswered(RECOVERY, () -> await(coordinator.renew(session)));
        assertThat(await(coordinator.read(KEY)).orElseThrow().session())
                .isEqualTo(Optional.of(session));
        // Longer than it takes a check to end the session.
        long start = site.nanos();
        site.until(RECOVERY, () -> site.nanos() - start > Duration.ofSeconds(5).toNanos());
        assertThat(await(coordinator.renew(session))).isTrue();
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
    void consulThatLostItsData_provesTheSessionGoneAndItsIndexGoesBackwards() {
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
