package io.lignum.cluster.internal.leader;

import static io.lignum.cluster.sim.Samples.A;
import static io.lignum.cluster.sim.Samples.B;
import static io.lignum.cluster.sim.Samples.C;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.sim.Samples;
import io.lignum.storage.Appended;
import io.lignum.storage.TopicLog;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/** What a leader does in moments that seldom come. */
final class LeaderRoleTest {

    /**
     * The epoch began while the creation of a topic was on its way to the loop: the store had it
     * already.
     */
    @Test
    void topicThatIsLedAlready_staysWithWhatWaitsForIt() {
        LoneLeader leader = new LoneLeader(1, A, B);
        TopicLog log = leader.create("t", true);
        leader.role.start(leader.store.topics());
        Replica follower = leader.join(B);
        leader.append(log);
        LeaderTopic led = Objects.requireNonNull(leader.role.leaderEpoch().topic(log));
        var waiting = Objects.requireNonNull(led.waiters())
                .await(new Appended(0, 1, false), leader.time.monotonicNanos() + 5_000_000_000L);
        leader.acknowledges(follower, log, 1);
        leader.append(log);
        leader.role.lead(log);
        assertThat(leader.role.leaderEpoch().topic(log)).isSameAs(led);
        leader.run(Duration.ofSeconds(1));
        assertThat(waiting).isCompleted();
        leader.acknowledges(follower, log, 2);
        assertThat(log.highWatermark()).hasValue(2);
    }

    @Test
    void questionAboutATopicThatIsNotThereYet_isAnsweredOnceItIs() {
        LoneLeader leader = new LoneLeader(1, A, B, C);
        leader.role.start(leader.store.topics());
        Replica follower = leader.join(B);
        LoneLeader.RecordedStream sent = (LoneLeader.RecordedStream) follower.stream();
        TopicLog log = leader.create("t", true);
        leader.role
                .followers()
                .positions(
                        follower,
                        new Message.LastBatchPositions(
                                leader.role.epoch(),
                                List.of(new Message.LastBatchPosition(
                                        log.id(), 7, OptionalInt.empty(), 0))));
        assertThat(sent.messages).noneMatch(Message.EpochEndOffsets.class::isInstance);
        leader.role.lead(log);
        assertThat(sent.messages).anyMatch(Message.EpochEndOffsets.class::isInstance);
    }

    /** R5: a node that no longer holds the lock does not lead, even if no other node holds it. */
    @Test
    void changeThatIsRefused_becauseTheLockIsLost_endsTheLead() {
        LoneLeader leader = new LoneLeader(1, A, B);
        leader.role.start(leader.store.topics());
        leader.await(leader.coordinator()
                .transact(List.of(new TxnOp.Unlock(
                        leader.context.keys().lock(), leader.session, "by an operator"))));
        var changed = leader.role.change(state ->
                Optional.of(state.withIsr(state.isr(), state.minIsr(), leader.context.nonce())));
        leader.run(Duration.ofSeconds(2));
        assertThat(leader.deposed).contains("lock");
        assertThat(changed).isCompletedExceptionally();
    }

    @Test
    void lockThatIsDeleted_endsTheLead_onceItIsRead() {
        LoneLeader leader = new LoneLeader(1, A, B);
        leader.role.start(leader.store.topics());
        leader.role.checkLock();
        leader.run(Duration.ofSeconds(1));
        assertThat(leader.deposed).isNull();
        leader.await(leader.coordinator()
                .transact(List.of(new TxnOp.Delete(leader.context.keys().lock()))));
        leader.role.checkLock();
        leader.run(Duration.ofSeconds(1));
        assertThat(leader.deposed).contains("lock");
    }

    /** R17: its node follows as another incarnation, so what is listed never comes back. */
    @Test
    void oldIncarnation_isOutOfTheSet_whileItsNodeCatchesUpAsANewOne() {
        LoneLeader leader = new LoneLeader(1, A, B);
        TopicLog log = leader.create("t", true);
        leader.role.start(leader.store.topics());
        leader.append(log);
        leader.acknowledges(leader.join(B), log, 1);
        leader.append(log);
        Member renewed = Samples.member("b", 2);
        leader.registers(renewed);
        leader.join(renewed);
        leader.run(Duration.ofSeconds(1));
        assertThat(leader.state().isr()).containsExactly(A);
        assertThat(log.highWatermark()).hasValue(2);
    }

    /** R17: it is progress in what it lacks that counts, not in other topics. */
    @Test
    void followerThatIsStuckInOneTopic_isOut_howeverWellItDoesInOthers() {
        LoneLeader leader = new LoneLeader(1, A, B);
        TopicLog stuck = leader.create("stuck", true);
        TopicLog busy = leader.create("busy", true);
        leader.role.start(leader.store.topics());
        Replica follower = leader.join(B);
        leader.acknowledges(follower, stuck, 0);
        leader.run(Duration.ofSeconds(20));
        leader.append(stuck);
        for (int second = 1; second <= 12; second++) {
            leader.append(busy);
            leader.acknowledges(follower, busy, second);
            leader.run(Duration.ofSeconds(1));
            if (second == 8) {
                assertThat(leader.state().isr()).containsExactly(A, B);
                assertThat(stuck.highWatermark()).hasValue(0);
            }
        }
        assertThat(leader.state().isr()).containsExactly(A);
        assertThat(stuck.highWatermark()).hasValue(1);
    }
}
