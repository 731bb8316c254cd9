package io.lignum.cluster.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.coordinator.CoordinatorException;
import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.coordinator.SessionTimes;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.coordinator.Watched;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The deliberate faults of the network and the coordinator. */
final class MemoryFaultsTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String KEY = "test/key";

    private final SimulatedTime time = time(Long.getLong("lignum.seed", 1));
    private final MemoryCoordinator server = new MemoryCoordinator(time);
    private final Coordinator view = server.view("n1");
    private final Registration node = new Registration("n1", "lignum", "127.0.0.1", 1);

    private static SimulatedTime time(long seed) {
        System.out.println("seed " + seed);
        return new SimulatedTime(seed);
    }

    @BeforeEach
    void register() {
        await(view.register(node));
    }

    private <T> T await(CompletableFuture<T> future) {
        return time.await(future, SOON);
    }

    private Duration failing(CompletableFuture<?> future) {
        long start = time.monotonicNanos();
        assertThatThrownBy(() -> await(future)).hasCauseInstanceOf(CoordinatorException.class);
        return Duration.ofNanos(time.monotonicNanos() - start);
    }

    private CompletableFuture<TxnResult> create() {
        return view.transact(List.of(new TxnOp.Cas(KEY, 0, "value")));
    }

    private String session() {
        return await(view.openSession(
                node, new SessionTimes(Duration.ofSeconds(10), Duration.ofSeconds(1))));
    }

    @Test
    void cutNode_hearsNothingUntilItsTimeIsOver() {
        server.cut("n1");
        assertThat(failing(create())).isEqualTo(MemoryCoordinator.CALL_TIMEOUT);
        assertThat(server.entry(KEY)).isEmpty();
        server.heal("n1");
        assertThat(await(create())).isInstanceOf(TxnResult.Applied.class);
    }

    @Test
    void nodeThatIsCutWhileAWatchWaits_doesNotGetTheAnswer() {
        Watched last = await(view.watch("test/", 0, SOON));
        CompletableFuture<Watched> watch = view.watch("test/", last.index(), Duration.ofSeconds(5));
        time.run(Duration.ofMillis(100));
        server.cut("n1");
        await(server.view("n2").transact(List.of(new TxnOp.Put(KEY, "value"))));
        failing(watch);
    }

    @Test
    void lostAnswer_leavesTheEffect() {
        server.plan("n1", CoordinatorFault.ANSWER_LOST);
        failing(create());
        assertThat(server.entry(KEY)).isPresent();
    }

    @Test
    void lateRequest_hasItsEffectAfterItFailed() {
        boolean late = false;
        for (int i = 0; i < 50 && !late; i++) {
            server.loseData();
            server.plan("n1", CoordinatorFault.LATE);
            failing(create());
            late = server.entry(KEY).isEmpty();
            time.run(SOON);
            assertThat(server.entry(KEY)).isPresent();
        }
        assertThat(late).isTrue();
    }

    @Test
    void resentRequest_isRefusedAlthoughItWasApplied() {
        server.plan("n1", CoordinatorFault.RESENT);
        assertThat(await(create())).isInstanceOf(TxnResult.Refused.class);
        assertThat(server.entry(KEY)).isPresent();
    }

    @Test
    void election_failsCallsAndKeepsSessions() {
        String session = session();
        CompletableFuture<Watched> watch =
                view.watch("test/", await(view.watch("test/", 0, SOON)).index(), SOON);
        time.run(Duration.ofMillis(200));
        server.elect(Duration.ofMillis(2500));
        failing(watch);
        failing(view.renew(session));
        failing(view.read(KEY));
        await(view.pass(node).handle((done, failed) -> failed != null));
        time.run(Duration.ofMillis(2500));
        await(view.pass(node));
        assertThat(await(view.renew(session))).isTrue();
    }

    @Test
    void restartedServer_keepsKeysAndEndsSessions() {
        String session = session();
        await(create());
        server.restart(Duration.ofSeconds(2));
        failing(view.renew(session));
        time.run(Duration.ofMillis(2100));
        assertThat(await(view.renew(session))).isFalse();
        assertThat(await(view.read(KEY))).isPresent();
        await(view.pass(node));
        assertThat(session()).isNotEqualTo(session);
    }

    @Test
    void staleAnswers_canGoBackwards() {
        server.staleRate(0.5);
        boolean backwards = false;
        long last = 0;
        for (int i = 0; i < 100 && !backwards; i++) {
            await(view.transact(List.of(new TxnOp.Put(KEY, "v" + i))));
            long index = await(view.watch("test/", 0, SOON)).index();
            backwards = index < last;
            last = index;
        }
        assertThat(backwards).isTrue();
    }

    @Test
    void lostData_includeSessionsAndRegistrations() {
        String session = session();
        await(create());
        server.loseData();
        assertThat(await(view.read(KEY))).isEmpty();
        assertThat(await(view.renew(session))).isFalse();
        failing(view.pass(node));
        await(view.register(node));
        assertThat(session()).isNotEqualTo(session);
    }

    @Test
    void restoredCopy_isOlderAndWaitsForWatchesFromTheFuture() {
        await(create());
        MemoryCoordinator.Copy copy = server.copy();
        await(view.transact(List.of(new TxnOp.Put(KEY, "newer"))));
        Watched last = await(view.watch("test/", 0, SOON));
        server.restore(copy);
        Watched now = await(view.watch("test/", last.index(), Duration.ofSeconds(1)));
        assertThat(now.index()).isLessThan(last.index());
        assertThat(now.entries().get(0).value()).isEqualTo("value");
        await(view.transact(List.of(new TxnOp.Put(KEY, "newest"))));
        assertThat(server.entry(KEY).orElseThrow().modifyIndex()).isGreaterThan(last.index());
    }

    @Test
    void sameSeed_givesTheSameRun() {
        assertThat(run(7)).isEqualTo(run(7));
    }

    private static String run(long seed) {
        SimulatedTime time = new SimulatedTime(seed);
        MemoryCoordinator server = new MemoryCoordinator(time);
        server.faultRate(0.3);
        StringBuilder story = new StringBuilder();
        for (String id : List.of("a", "b", "c")) {
            Coordinator view = server.view(id);
            for (int i = 0; i < 30; i++) {
                TxnOp put = new TxnOp.Put(KEY, id + i);
                var unheard = view.transact(List.of(put))
                        .whenComplete((result, failed) -> story.append(time.monotonicNanos())
                                .append(result == null ? "failed" : result));
                assertThat(unheard).isNotNull();
            }
        }
        time.run(Duration.ofSeconds(20));
        return story.toString();
    }
}
