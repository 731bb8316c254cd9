package io.lignum.cluster.node;

import static io.lignum.cluster.sim.Samples.A;
import static io.lignum.cluster.sim.Samples.B;
import static io.lignum.cluster.sim.Samples.C;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.internal.leader.StateKeeper;
import io.lignum.cluster.internal.leader.StateKeeper.Step;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.StoredState;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.sim.Samples;
import io.lignum.storage.Outcome;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** R15: a node that may be in the set in force counts, until a read settles which set that is. */
final class StateKeeperTest {

    private static final ClusterState ELECTED = Samples.state(2, A, B, C);

    private int nonces;
    private final StateKeeper keeper =
            new StateKeeper(new StoredState(ELECTED, 100), () -> "nonce-" + ++nonces);

    private static StateKeeper.Change set(Member... isr) {
        return current -> current.isr().equals(List.of(isr))
                ? Optional.empty()
                : Optional.of(current.withIsr(List.of(isr), current.minIsr(), "x"));
    }

    private Step.Send send(Step step) {
        assertThat(step).isInstanceOf(Step.Send.class);
        return (Step.Send) step;
    }

    @Test
    void cleanSuccess_isConfirmedAtOnce() {
        CompletableFuture<ClusterState> done = keeper.change(set(A, B));
        Step.Send sent = send(keeper.step());
        assertThat(sent.index()).isEqualTo(100);
        assertThat(keeper.counted()).containsExactlyInAnyOrder(A, B, C);
        keeper.applied(101);
        assertThat(keeper.confirmed()).isEqualTo(sent.value());
        assertThat(keeper.counted()).containsExactlyInAnyOrder(A, B);
        assertThat(keeper.step()).isInstanceOf(Step.Idle.class);
        assertThat(done).isCompletedWithValue(sent.value());
    }

    @Test
    void whileAnAnswerIsOut_nothingElseIsSent() {
        var first = keeper.change(set(A, B));
        var second = keeper.change(set(A, C));
        send(keeper.step());
        assertThat(keeper.step()).isInstanceOf(Step.Idle.class);
        assertThat(keeper.isIdle()).isFalse();
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
    }

    @Test
    void added_countsFromTheInstantItIsSent() {
        Member other = Samples.member("d", 1);
        var done = keeper.change(set(A, B, C, other));
        send(keeper.step());
        assertThat(keeper.counted()).contains(other);
        keeper.unknown();
        assertThat(keeper.counted()).contains(A, B, C, other);
        assertThat(keeper.isSettled()).isFalse();
        assertThat(done).isNotDone();
    }

    @Test
    void unknownAnswer_readAtTheSameIndex_sendsTheOldSetAgain_andStaysPending() {
        var done = keeper.change(set(A, B));
        send(keeper.step());
        keeper.unknown();
        assertThat(keeper.step()).isInstanceOf(Step.Read.class);
        Step.Send again = send(keeper.read(100, ELECTED));
        assertThat(again.index()).isEqualTo(100);
        assertThat(again.value().isr()).isEqualTo(ELECTED.isr());
        assertThat(again.value().nonce()).isNotEqualTo(ELECTED.nonce()); // V15
        assertThat(keeper.isSettled()).isFalse();
        assertThat(done).isNotDone();
        keeper.applied(101);
        assertThat(keeper.isSettled()).isTrue();
        assertThat(keeper.confirmed().isr()).containsExactly(A, B, C);
        // The wish is still there, and goes out at the new index.
        assertThat(send(keeper.step()).index()).isEqualTo(101);
    }

    @Test
    void lateApplication_isFoundByTheReadAfterTheSecondUnknown() {
        var done = keeper.change(set(A, B));
        ClusterState late = send(keeper.step()).value();
        keeper.unknown();
        assertThat(keeper.step()).isInstanceOf(Step.Read.class);
        send(keeper.read(100, ELECTED));
        keeper.unknown(); // Refused, because the first one arrived in between.
        assertThat(keeper.counted()).containsExactlyInAnyOrder(A, B, C);
        assertThat(keeper.step()).isInstanceOf(Step.Read.class);
        assertThat(keeper.read(101, late)).isInstanceOf(Step.Idle.class);
        assertThat(keeper.confirmed()).isEqualTo(late);
        assertThat(keeper.counted()).containsExactlyInAnyOrder(A, B);
        assertThat(done).isCompletedWithValue(late);
    }

    @Test
    void everySetThatWasSentAtAnIndex_countsUntilItIsSettled() {
        var first = keeper.change(set(A, B));
        Member swapped = Samples.member("c", 2);
        send(keeper.step());
        keeper.unknown();
        assertThat(keeper.step()).isInstanceOf(Step.Read.class);
        send(keeper.read(100, ELECTED));
        keeper.unknown();
        assertThat(keeper.counted()).containsExactlyInAnyOrder(A, B, C);
        assertThat(keeper.step()).isInstanceOf(Step.Read.class);
        ClusterState foreign = ELECTED.withIsr(List.of(A, swapped), 2, "foreign");
        keeper.read(102, foreign);
        // With my epoch, the value read is the confirmed one, even with another nonce.
        assertThat(keeper.confirmed()).isEqualTo(foreign);
        assertThat(keeper.counted()).contains(A, swapped);
        assertThat(first).isNotDone();
    }

    @Test
    void failedRead_settlesNothing() {
        var done = keeper.change(set(A, B));
        send(keeper.step());
        keeper.unknown();
        assertThat(keeper.step()).isInstanceOf(Step.Read.class);
        keeper.unknown();
        assertThat(keeper.counted()).containsExactlyInAnyOrder(A, B, C);
        assertThat(keeper.step()).isInstanceOf(Step.Read.class);
        assertThat(done).isNotDone();
    }

    @Test
    void indexThatGoesBackwards_orAnotherEpoch_orNoState_settleNothing() {
        var done = keeper.change(set(A, B));
        send(keeper.step());
        keeper.unknown();
        ClusterState older = ELECTED.withIsr(List.of(A), 1, "old");
        for (int round = 0; round < 3; round++) {
            assertThat(keeper.step()).isInstanceOf(Step.Read.class);
            Step next = switch (round) {
                case 0 -> keeper.read(99, older);
                case 1 -> keeper.read(105, ELECTED.elected(ELECTED.leader().get(), "next"));
                default -> keeper.read(0, null);
            };
            assertThat(next).isInstanceOf(Step.Idle.class);
            assertThat(keeper.confirmed()).isEqualTo(ELECTED);
            assertThat(keeper.counted()).containsExactlyInAnyOrder(A, B, C);
            assertThat(keeper.isSettled()).isFalse();
        }
        assertThat(done).isNotDone();
    }

    @Test
    void changeThatIsNotWantedAnyMore_completesWithWhatThereIs() {
        CompletableFuture<ClusterState> done = keeper.change(current -> Optional.empty());
        assertThat(keeper.step()).isInstanceOf(Step.Idle.class);
        assertThat(done).isCompletedWithValue(ELECTED);
        assertThat(keeper.isIdle()).isTrue();
    }

    @Test
    void change_isJudgedAgainWhenItIsSent() {
        var first = keeper.change(set(A, B));
        var second = keeper.change(current -> current.hasInSync(C)
                ? Optional.of(current.withIsr(List.of(A, C), 2, "x"))
                : Optional.empty());
        send(keeper.step());
        keeper.applied(101);
        assertThat(keeper.step()).isInstanceOf(Step.Idle.class);
        assertThat(first).isDone();
        assertThat(second).isDone();
        assertThat(keeper.confirmed().isr()).containsExactly(A, B);
    }

    @Test
    void endOfTheEpoch_failsWhatWaits() {
        CompletableFuture<ClusterState> done = keeper.change(set(A, B));
        keeper.end("over");
        assertThat(ClusterScenario.outcome(done)).isEqualTo(Outcome.NOT_APPLIED);
    }

    @Test
    void endOfTheEpoch_leavesWhatWasSentUnknown() {
        CompletableFuture<ClusterState> sent = keeper.change(set(A, B));
        CompletableFuture<ClusterState> next = keeper.change(set(A, C));
        send(keeper.step());
        keeper.unknown();
        assertThat(keeper.step()).isInstanceOf(Step.Read.class);
        send(keeper.read(100, ELECTED));
        keeper.end("over");
        assertThat(ClusterScenario.outcome(sent)).isEqualTo(Outcome.UNKNOWN);
        assertThat(ClusterScenario.outcome(next)).isEqualTo(Outcome.NOT_APPLIED);
    }
}
