package io.lignum.cluster.internal.leader;

import static io.lignum.cluster.sim.Samples.A;
import static io.lignum.cluster.sim.Samples.B;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.storage.TopicLog;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Optional;

/** R39: a follower's lag is computed from the logs, whether or not anything is being sent. */
final class ReplicationLagTest {

    private final LoneLeader leader = new LoneLeader(1, A, B);
    private final TopicLog log = leader.create("t", true);
    private final Replica follower;
    private final LoneLeader.RecordedStream stream;

    ReplicationLagTest() {
        leader.role.start(leader.store.topics());
        follower = leader.join(B);
        stream = (LoneLeader.RecordedStream) follower.stream();
        for (int i = 0; i < 10; i++) {
            leader.append(log);
        }
        leader.acknowledges(follower, log, 3);
    }

    @Test
    void whatIsNotSent_isLag() {
        follower.sender().stop(log.id());
        assertThat(leader.role.lag().records(B)).isEqualTo(7);
        leader.acknowledges(follower, log, 10);
        assertThat(leader.role.lag().records(B)).isZero();
    }

    @Test
    void followerWithoutProgress_isAnAlarm_andItsStreamBeginsAgain() {
        follower.sender().stop(log.id());
        leader.run(Duration.ofSeconds(9));
        assertThat(leader.role.alarms()).noneMatch(text -> text.contains("no progress"));
        assertThat(stream.closed).isZero();
        leader.run(Duration.ofSeconds(3));
        assertThat(leader.role.alarms())
                .anyMatch(text -> text.contains("topic t") && text.contains("at offset 3 of 10"));
        assertThat(stream.closed).isEqualTo(1);
        leader.acknowledges(follower, log, 4);
        leader.run(Duration.ofSeconds(2));
        assertThat(leader.role.alarms()).noneMatch(text -> text.contains("no progress"));
    }

    @Test
    void followerThatHasAll_isNoAlarm() {
        leader.acknowledges(follower, log, 10);
        leader.run(Duration.ofSeconds(30));
        assertThat(leader.role.alarms()).noneMatch(text -> text.contains("no progress"));
        assertThat(stream.closed).isZero();
    }

    /**
     * It begins its streams again itself, so that another one would change nothing; unless it
     * stopped doing so.
     */
    @Test
    void followerThatSaysWhyItCannotFollow_isAnAlarmWithTheReason_andItsStreamStays() {
        leader.role.followers().closed(follower);
        Replica full = leader.join(B, Optional.of("its disk is full"));
        LoneLeader.RecordedStream repeated = (LoneLeader.RecordedStream) full.stream();
        leader.acknowledges(full, log, 3);
        full.sender().stop(log.id());
        leader.run(Duration.ofSeconds(8));
        leader.role.followers().closed(full);
        int ended = repeated.closed;
        full = leader.join(B, Optional.of("its disk is full"));
        repeated = (LoneLeader.RecordedStream) full.stream();
        leader.acknowledges(full, log, 3);
        full.sender().stop(log.id());
        leader.run(Duration.ofSeconds(4));
        assertThat(ended).isEqualTo(1);
        assertThat(leader.role.alarms())
                .anyMatch(text -> text.contains("at offset 3 of 10")
                        && text.contains("its reason: its disk is full"));
        assertThat(repeated.closed).isZero();
        leader.run(Duration.ofSeconds(10));
        assertThat(repeated.closed).isEqualTo(1);
    }
}
