package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;
import io.lignum.storage.internal.segment.ProducerStates;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A follower recognises the repeats that its leader would, since both go by the batches of the log
 * (R34).
 */
class ReplicatedProducersTest {

    private static final long SEED = Long.getLong("lignum.seed", 1);

    private final Simulation simulation = new Simulation(9);
    private LogStore store = simulation.open();
    private TopicLog leader = create("leader");
    private TopicLog follower = create("follower");

    private TopicLog create(String name) {
        return store.createTopic(name, TopicConfig.DEFAULT.withSegmentMaxRecords(7));
    }

    private Appended send(TopicLog log, long id, int epoch, int sequence, int count) {
        AppendOptions options = AppendOptions.from(new ProducerStamp(id, (short) epoch, sequence));
        return simulation.run(log.appendAsync(LogRecordLists.same(count), options));
    }

    private void replicate() {
        follower.follow();
        try (LogCursor cursor = leader.replicationCursor(follower.logEndOffset())) {
            while (cursor.next()) {
                ByteBuffer bytes = cursor.batch().slice();
                simulation.run(follower.appendStamped(bytes));
            }
        }
        assertThat(follower.logEndOffset()).isEqualTo(leader.logEndOffset());
    }

    private static ByteBuffer producersOf(TopicLog log) {
        ProducerStates states = log.state().producers();
        ByteBuffer bytes = ByteBuffer.allocate(states.encodedBytes());
        states.encode(bytes);
        return bytes.flip();
    }

    private void cutFollowerTo(long offset) {
        follower.follow();
        assertThat(simulation.run(follower.admin().truncate(offset)).endOffset())
                .isEqualTo(offset);
    }

    @Test
    void followerThatTakesOver_recognisesARepeat_andGoesOnWithTheNext() {
        leader.lead(1);
        send(leader, 5, 0, 0, 2);
        Appended second = send(leader, 5, 0, 2, 3);
        replicate();
        follower.lead(2);
        assertThat(send(follower, 5, 0, 2, 3))
                .isEqualTo(new Appended(second.firstOffset(), 3, true));
        assertThat(send(follower, 5, 0, 5, 1)).isEqualTo(new Appended(5, 1, false));
        assertThatThrownBy(() -> send(follower, 5, 0, 9, 1))
                .isInstanceOf(StorageException.OutOfOrderSequence.class);
    }

    @Test
    void batchesPushedOutByCutOnes_areRecognisedAgain() {
        leader.lead(1);
        for (int i = 0; i < 5; i++) {
            send(leader, 5, 0, i, 1);
        }
        replicate();
        follower.lead(2);
        for (int i = 5; i < 12; i++) {
            send(follower, 5, 0, i, 1);
        }
        cutFollowerTo(5);
        follower.lead(3);
        for (int i = 0; i < 5; i++) {
            assertThat(send(follower, 5, 0, i, 1)).isEqualTo(new Appended(i, 1, true));
        }
        assertThat(send(follower, 5, 0, 5, 1)).isEqualTo(new Appended(5, 1, false));
    }

    @Test
    void producerEpochThatWasCut_fencesNoLonger() {
        leader.lead(1);
        send(leader, 5, 3, 0, 1);
        send(leader, 6, 0, 0, 9);
        replicate();
        follower.lead(2);
        send(follower, 5, 4, 0, 1);
        send(follower, 7, 0, 0, 1);
        cutFollowerTo(10);
        follower.lead(3);
        assertThat(send(follower, 5, 3, 0, 1)).isEqualTo(new Appended(0, 1, true));
        assertThat(send(follower, 7, 0, 0, 1)).isEqualTo(new Appended(10, 1, false));
        assertThat(send(follower, 5, 3, 1, 1)).isEqualTo(new Appended(11, 1, false));
    }

    @Test
    void windowBelowTheLogStart_isKeptByATruncation() {
        leader.lead(1);
        send(leader, 5, 0, 0, 7);
        send(leader, 6, 0, 0, 7);
        replicate();
        simulation.run(follower.admin().trim(7));
        follower.lead(2);
        send(follower, 5, 0, 7, 1);
        cutFollowerTo(14);
        follower.lead(3);
        assertThat(send(follower, 5, 0, 0, 7)).isEqualTo(new Appended(0, 7, true));
    }

    @Test
    void afterAnotherStart_batchesFromThereOnAreRecognised() {
        leader.lead(1);
        send(leader, 5, 0, 0, 1);
        send(leader, 5, 0, 1, 2);
        simulation.run(leader.admin().trim(1));
        simulation.run(follower.admin().startAt(1));
        replicate();
        follower.lead(2);
        assertThat(send(follower, 5, 0, 1, 2)).isEqualTo(new Appended(1, 2, true));
        assertThat(send(follower, 5, 0, 3, 1)).isEqualTo(new Appended(3, 1, false));
    }

    @Test
    void followerFilledAgainFromATrimmedLeader_knowsTheProducersOfWhatIsTrimmed() {
        leader.lead(1);
        send(leader, 5, 0, 0, 1);
        send(leader, 6, 0, 0, 2);
        for (int i = 0; i < 20; i++) {
            send(leader, 7, 0, i, 1);
        }
        send(leader, 5, 0, 1, 2);
        simulation.run(leader.admin().trim(13));
        ByteBuffer producers = leader.producersBelow(13, 1 << 20);
        simulation.run(follower.admin().startAt(13, producers));
        assertThatThrownBy(() -> send(lead(follower), 7, 0, 15, 1))
                .as("batches that it does not have are not known")
                .isInstanceOf(StorageException.OutOfOrderSequence.class);
        replicate();
        assertThat(producersOf(follower)).isEqualTo(producersOf(leader));
        simulation.crash(true);
        store = simulation.open();
        follower = lead(store.topic("follower"));
        assertThat(send(follower, 6, 0, 0, 2)).isEqualTo(new Appended(1, 2, true));
        assertThat(send(follower, 7, 0, 4, 1)).isEqualTo(new Appended(7, 1, true));
        assertThat(send(follower, 5, 0, 3, 1).duplicate()).isFalse();
    }

    private static TopicLog lead(TopicLog log) {
        log.lead(2);
        return log;
    }

    @Test
    void producersThatDoNotFit_areForgottenAndGetATypedError() {
        leader.lead(1);
        for (int id = 1; id <= 100; id++) {
            send(leader, id, 0, 0, 1);
        }
        ByteBuffer some = leader.producersBelow(100, 1000);
        assertThat(some.remaining()).isBetween(500, 1000);
        simulation.run(follower.admin().startAt(100, some));
        lead(follower);
        assertThat(send(follower, 100, 0, 0, 1)).isEqualTo(new Appended(99, 1, true));
        assertThatThrownBy(() -> send(follower, 1, 0, 1, 1))
                .isInstanceOf(StorageException.UnknownProducer.class);
    }

    @Test
    void bytesThatAreNoProducers_areRefusedAndNothingIsDone() {
        leader.lead(1);
        send(leader, 5, 0, 0, 1);
        ByteBuffer bytes = leader.producersBelow(1, 1000);
        for (int length = 1; length < bytes.limit(); length++) {
            ByteBuffer cut = bytes.duplicate().limit(length);
            assertThatThrownBy(() -> follower.admin().startAt(1, cut))
                    .isInstanceOfAny(IllegalArgumentException.class);
        }
        assertThat(follower.logEndOffset()).isZero();
    }

    @Test
    void producerThatSentNothingForLong_isForgottenAndGetsATypedError() {
        leader.lead(1);
        send(leader, 5, 0, 0, 1);
        simulation.tick(store, Duration.ofHours(20));
        send(leader, 6, 0, 0, 1);
        assertThat(send(leader, 5, 0, 0, 1).duplicate()).isTrue();
        simulation.close(store);
        store = simulation.open();
        leader = store.topic("leader");
        simulation.tick(store, Duration.ofHours(5));
        leader.lead(1);
        assertThatThrownBy(() -> send(leader, 5, 0, 1, 1))
                .isInstanceOf(StorageException.UnknownProducer.class);
        assertThat(send(leader, 6, 0, 0, 1).duplicate()).isTrue();
        simulation.tick(store, Duration.ofHours(30));
        simulation.tick(store, Duration.ofSeconds(11));
        assertThat(producersOf(leader).getInt(0))
                .as("states that are remembered")
                .isZero();
    }

    @Test
    void repeatsAndRefusals_doNotChangeWhoIsForgotten() {
        simulation.close(store);
        store = simulation.open(Simulation.CONFIG.toBuilder().maxProducers(3).build());
        leader = store.topic("leader");
        follower = store.topic("follower");
        leader.lead(1);
        for (int id = 1; id <= 3; id++) {
            send(leader, id, 0, 0, 1);
        }
        assertThat(send(leader, 1, 0, 0, 1).duplicate()).isTrue();
        assertThatThrownBy(() -> send(leader, 2, 0, 7, 1)).isInstanceOf(StorageException.class);
        send(leader, 4, 0, 0, 1);
        replicate();
        for (TopicLog log : new TopicLog[] {leader, follower}) {
            log.lead(2);
            assertThatThrownBy(() -> send(log, 1, 0, 1, 1))
                    .isInstanceOf(StorageException.UnknownProducer.class);
            assertThat(send(log, 2, 0, 0, 1).duplicate()).isTrue();
        }
    }

    /** Some producer: which epoch and sequence come next. */
    private record Next(int epoch, int sequence) {}

    private static Map<Long, Next> sendSome(
            ReplicatedProducersTest test, TopicLog log, Random random, Map<Long, Next> before) {
        Map<Long, Next> next = new TreeMap<>(before);
        for (int i = random.nextInt(20); i > 0; i--) {
            long id = random.nextInt(6);
            Next mine = next.getOrDefault(id, new Next(random.nextInt(2), 0));
            if (random.nextInt(8) == 0 && next.containsKey(id)) {
                mine = new Next(mine.epoch + 1, 0);
            }
            int count = 1 + random.nextInt(3);
            assertThat(test.send(log, id, mine.epoch, mine.sequence, count).duplicate())
                    .isFalse();
            next.put(id, new Next(mine.epoch, mine.sequence + count));
        }
        return next;
    }

    @Test
    void randomHistoriesWithDivergence_leaveTheSameStates() {
        for (long seed = SEED; seed < SEED + 40; seed++) {
            Random random = new Random(seed);
            leader = create("leader-" + seed);
            follower = create("follower-" + seed);
            Map<Long, Next> next = new TreeMap<>();
            for (int epoch = 1; epoch < 20; epoch += 2) {
                leader.lead(epoch);
                next = sendSome(this, leader, random, next);
                replicate();
                assertThat(producersOf(follower))
                        .as("seed %s", seed)
                        .isEqualTo(producersOf(leader));
                follower.lead(epoch + 1);
                sendSome(this, follower, random, next);
                cutFollowerTo(leader.logEndOffset());
                assertThat(producersOf(follower))
                        .as("cut, seed %s, epoch %s", seed, epoch)
                        .isEqualTo(producersOf(leader));
            }
            assertSameAnswers(leader, follower);
        }
    }

    private void assertSameAnswers(TopicLog one, TopicLog other) {
        one.lead(100);
        other.lead(100);
        int batches = 0;
        try (LogCursor cursor = one.cursor(0)) {
            while (cursor.next()) {
                RecordBatch batch = cursor.batch();
                ProducerStamp stamp = new ProducerStamp(
                        batch.producerId(), batch.producerEpoch(), batch.baseSequence());
                assertThat(answer(other, stamp, batch.recordCount()))
                        .isEqualTo(answer(one, stamp, batch.recordCount()));
                batches++;
            }
        }
        assertThat(batches).isPositive();
    }

    private String answer(TopicLog log, ProducerStamp stamp, int count) {
        try {
            return simulation
                    .run(log.appendAsync(LogRecordLists.same(count), AppendOptions.from(stamp)))
                    .toString();
        } catch (StorageException e) {
            return e.getClass() + " " + e.getMessage();
        }
    }
}
