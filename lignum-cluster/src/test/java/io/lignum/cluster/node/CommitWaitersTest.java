package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.internal.leader.CommitWaiters;
import io.lignum.storage.Appended;
import io.lignum.storage.Outcome;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CompletableFuture;

/** R13 and R5: an append is answered when it is committed, and never as failed when it may be. */
final class CommitWaitersTest {

    private final CommitWaiters waiters = new CommitWaiters("t", 5);

    private CompletableFuture<Appended> await(long first, int count, long deadline) {
        return waiters.await(new Appended(first, count, false), deadline);
    }

    private static Outcome outcome(CompletableFuture<?> failed) {
        assertThat(failed).isCompletedExceptionally();
        return ClusterScenario.outcome(failed);
    }

    @Test
    void committedAlready_isAnsweredAtOnce() {
        assertThat(await(3, 2, 100)).isCompleted();
        assertThat(waiters.size()).isZero();
    }

    @Test
    void batch_waitsForItsLastRecord() {
        CompletableFuture<Appended> three = await(5, 3, 100);
        waiters.committed(7);
        assertThat(three).isNotDone();
        waiters.committed(8);
        assertThat(three).isCompletedWithValue(new Appended(5, 3, false));
    }

    @Test
    void repeatOfAnOlderBatch_isAnsweredNoEarlierThanItsFirstCopy() {
        CompletableFuture<Appended> first = await(5, 1, 100);
        CompletableFuture<Appended> younger = await(6, 1, 100);
        CompletableFuture<Appended> repeat = waiters.await(new Appended(5, 1, true), 100);
        assertThat(repeat).isNotDone();
        waiters.committed(7);
        assertThat(first).isCompleted();
        assertThat(younger).isCompleted();
        assertThat(repeat).isCompletedWithValue(new Appended(5, 1, true));
    }

    @Test
    void lowerWatermark_changesNothing() {
        waiters.committed(9);
        waiters.committed(6);
        assertThat(await(8, 1, 100)).isCompleted();
    }

    @Test
    void overdue_isUnknown_andTheOthersGoOn() {
        CompletableFuture<Appended> early = await(5, 1, 100);
        CompletableFuture<Appended> late = await(6, 1, 200);
        waiters.expire(99);
        assertThat(early).isNotDone();
        waiters.expire(100);
        assertThat(outcome(early)).isEqualTo(Outcome.UNKNOWN);
        assertThat(late).isNotDone();
        waiters.committed(7);
        assertThat(late).isCompleted();
    }

    @Test
    void deadlineBeyondTheClocksRange_isStillAhead() {
        CompletableFuture<Appended> waiting = await(5, 1, Long.MIN_VALUE + 10);
        waiters.expire(Long.MAX_VALUE - 10);
        assertThat(waiting).isNotDone();
        waiters.expire(Long.MIN_VALUE + 10);
        assertThat(outcome(waiting)).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void endOfTheEpoch_isUnknownForAllThatWaitAndComeYet() {
        CompletableFuture<Appended> waiting = await(5, 1, 100);
        waiters.end("over");
        assertThat(outcome(waiting)).isEqualTo(Outcome.UNKNOWN);
        assertThat(outcome(await(6, 1, 100))).isEqualTo(Outcome.UNKNOWN);
        assertThat(outcome(await(1, 1, 100))).isEqualTo(Outcome.UNKNOWN);
        assertThat(waiters.size()).isZero();
    }
}
