package io.lignum.cluster.node;

import static io.lignum.cluster.sim.Samples.A;
import static io.lignum.cluster.sim.Samples.B;
import static io.lignum.cluster.sim.Samples.C;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.internal.leader.CommitTracker;
import io.lignum.cluster.sim.Samples;

import org.junit.jupiter.api.Test;

import java.util.Set;

/** R13, R14 and R16: what is committed, and who is in sync. */
final class CommitTrackerTest {

    private final CommitTracker tracker = new CommitTracker(10, 4);

    private void acknowledge(long a, long b, long c) {
        tracker.acknowledged(A, a);
        tracker.acknowledged(B, b);
        tracker.acknowledged(C, c);
    }

    @Test
    void highWatermark_isTheLeastOfAllThatCount() {
        acknowledge(12, 9, 11);
        assertThat(tracker.advance(Set.of(A, B, C), 3, 2)).isTrue();
        assertThat(tracker.highWatermark()).isEqualTo(9);
    }

    @Test
    void memberThatSaidNothingInThisEpoch_holdsTheWatermark() {
        tracker.acknowledged(A, 12);
        tracker.acknowledged(B, 12);
        assertThat(tracker.advance(Set.of(A, B, C), 3, 2)).isFalse();
        assertThat(tracker.highWatermark()).isEqualTo(4);
    }

    @Test
    void leaderThatHasNotFlushed_holdsTheWatermark() {
        tracker.acknowledged(B, 12);
        tracker.acknowledged(C, 12);
        assertThat(tracker.advance(Set.of(A, B, C), 3, 2)).isFalse();
    }

    @Test
    void anotherIncarnationsAcknowledgement_doesNotCount() {
        acknowledge(12, 0, 12);
        tracker.acknowledged(Samples.member("b", 2), 12);
        assertThat(tracker.advance(Set.of(A, B, C), 3, 2)).isFalse();
    }

    @Test
    void fewerConfirmedThanTheQuorum_commitNothing() {
        acknowledge(12, 12, 12);
        assertThat(tracker.advance(Set.of(A, B, C), 1, 2)).isFalse();
        assertThat(tracker.advance(Set.of(A, B, C), 2, 2)).isTrue();
    }

    @Test
    void lowerAcknowledgement_changesNothing() {
        acknowledge(12, 12, 12);
        tracker.acknowledged(B, 6);
        assertThat(tracker.acknowledgedBy(B)).isEqualTo(12);
        assertThat(tracker.advance(Set.of(A, B, C), 3, 2)).isTrue();
        assertThat(tracker.highWatermark()).isEqualTo(12);
    }

    @Test
    void memberThatIsAddedBehind_neverTakesTheWatermarkBack() {
        acknowledge(12, 12, 3);
        assertThat(tracker.advance(Set.of(A, B), 2, 2)).isTrue();
        assertThat(tracker.advance(Set.of(A, B, C), 2, 2)).isFalse();
        assertThat(tracker.highWatermark()).isEqualTo(12);
    }

    @Test
    void noReplicaToCount_commitsNothing() {
        assertThat(tracker.advance(Set.of(), 2, 2)).isFalse();
        assertThat(tracker.highWatermark()).isEqualTo(4);
    }

    @Test
    void epochIsReached_onlyWithAllThatEarlierOnesLeft() {
        acknowledge(12, 9, 12);
        assertThat(tracker.advance(Set.of(A, B, C), 3, 2)).isTrue();
        assertThat(tracker.hasReachedEpoch()).isFalse();
        tracker.acknowledged(B, 10);
        assertThat(tracker.advance(Set.of(A, B, C), 3, 2)).isTrue();
        assertThat(tracker.hasReachedEpoch()).isTrue();
    }

    @Test
    void inSync_meansTheWatermarkAndTheEpochsStart() {
        acknowledge(12, 9, 10);
        assertThat(tracker.isInSync(B)).isFalse();
        assertThat(tracker.isInSync(C)).isTrue();
        tracker.acknowledged(B, 12);
        assertThat(tracker.advance(Set.of(A, B), 2, 2)).isTrue();
        assertThat(tracker.isInSync(C)).isFalse();
        assertThat(tracker.isInSync(Samples.member("b", 2))).isFalse();
    }
}
