package io.lignum.cluster.internal.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.record.RecordBatch;
import io.lignum.storage.LogCursor;
import io.lignum.storage.TopicLog;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a follower has not acknowledged is bounded; a topic that is stopped does not count. */
final class ReplicationSenderTest {

    /** Runs an action when the sender looks for capacity, as another thread might. */
    private static final class Racing implements PeerStream {
        final List<Message.Append> messages = new ArrayList<>();
        Runnable meanwhile = () -> {};
        boolean full;
        int sent;

        @Override
        public boolean isWritable() {
            Runnable now = meanwhile;
            meanwhile = () -> {};
            now.run();
            return !full;
        }

        @Override
        public void send(Message message) {
            sent++;
            messages.add((Message.Append) message);
        }

        @Override
        public void close() {}

        @Override
        public String peer() {
            return "a test";
        }
    }

    private final LoneLeader lone = new LoneLeader(1, LoneLeader.SELF);
    private final Racing stream = new Racing();
    private int broken;
    private final ReplicationSender sender =
            new ReplicationSender(lone.context, lone.role.epoch(), stream, () -> broken++);
    private final TopicLog log = lone.create("t", true);
    private final LeaderTopic topic = new LeaderTopic(log, LoneLeader.SELF, lone.role.epoch());

    ReplicationSenderTest() {
        lone.append(log);
    }

    @Test
    void topicThatIsStoppedWhileItIsSent_takesNoSpaceForEver() {
        for (int i = 0; i < 2 * lone.context.config().queueSize(); i++) {
            sender.open(topic, 0);
            stream.meanwhile = () -> stream.meanwhile = () -> sender.stop(topic.id());
            lone.run(Duration.ofMillis(1));
        }
        stream.meanwhile = () -> {};
        stream.sent = 0;
        sender.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        assertThat(stream.sent).isEqualTo(1);
    }

    /** R39: an error in reading that passes does not end the replication of a topic. */
    @Test
    void logThatCannotBeRead_isShippedOnceItCan() {
        Path sealed = SimulatedNode.DIRECTORY.resolve(log.id() + "/00000000000000000000.log");
        lone.await(log.admin().sealActive());
        lone.disk.flipBit(sealed, 65, 0);
        sender.open(topic, 0);
        lone.run(Duration.ofSeconds(30));
        assertThat(stream.sent).isZero();
        lone.disk.flipBit(sealed, 65, 0);
        lone.run(Duration.ofSeconds(6));
        assertThat(stream.sent).isEqualTo(1);
    }

    @Test
    void deletedTopic_isNotShippedAnyMore() {
        lone.await(lone.store.deleteTopicAsync("t"));
        sender.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        assertThat(sender.isOpen(log.id())).isFalse();
    }

    @Test
    void bugWhileShipping_breaksTheStream_andLeavesTheFeedUsable() {
        stream.meanwhile = () -> {
            throw new IllegalStateException("a bug");
        };
        sender.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        assertThat(broken).isEqualTo(1);
        sender.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        assertThat(stream.sent).isEqualTo(1);
    }

    private ByteBuffer bytesOf(long base, long end) {
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        try (LogCursor cursor = log.replicationCursor(base)) {
            while (cursor.next() && cursor.batch().nextOffset() <= end) {
                bytes.put(cursor.batch().slice());
            }
        }
        return bytes.flip();
    }

    /** Batches are pushed as their writer would do it. */
    private void write() {
        long base = log.logEndOffset();
        lone.append(log);
        long end = log.logEndOffset();
        if (sender.offer(topic, base, end)) {
            ByteBuffer bytes = bytesOf(base, end);
            lone.context.onLoop(() -> sender.push(topic, base, end, bytes));
        } else {
            sender.wake(topic);
        }
    }

    private void assertComplete() {
        long next = 0;
        for (Message.Append message : stream.messages) {
            assertThat(message.baseOffset()).isEqualTo(next);
            ByteBuffer batches = message.batches().slice();
            for (int at = 0; at < batches.limit(); ) {
                RecordBatch batch = RecordBatch.at(batches, at);
                assertThat(batch.baseOffset()).isEqualTo(next);
                next = batch.nextOffset();
                at += batch.sizeInBytes();
            }
        }
        assertThat(next).isEqualTo(log.logEndOffset());
    }

    /** R11. */
    @Test
    void followerAtTheEnd_isSentWhatWasWritten_batchByBatch() {
        sender.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        for (int i = 0; i < 5; i++) {
            write();
            lone.run(Duration.ofMillis(10));
        }
        assertThat(stream.messages).hasSize(6);
        assertComplete();
    }

    @Test
    void writesThatFollowEachOtherBeforeTheLoopRuns_areAllOffered() {
        sender.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        long base = log.logEndOffset();
        assertThat(sender.offer(topic, base, base + 1)).isTrue();
        assertThat(sender.offer(topic, base + 1, base + 2)).isTrue();
        assertThat(sender.offer(topic, base + 3, base + 4)).isFalse();
    }

    @Test
    void streamThatTakesNothing_isServedFromTheFileLater_withoutGapOrRepeat() {
        sender.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        stream.full = true;
        for (int i = 0; i < 5; i++) {
            write();
            lone.run(Duration.ofMillis(10));
        }
        assertThat(stream.messages).hasSize(1);
        stream.full = false;
        sender.resume();
        lone.run(Duration.ofSeconds(1));
        write();
        lone.run(Duration.ofSeconds(1));
        assertComplete();
    }

    @Test
    void pushWhileAnotherThreadReadsTheFile_leavesNoGapAndRepeatsNothing() {
        sender.open(topic, 0);
        stream.meanwhile = () -> {
            long base = log.logEndOffset();
            lone.append(log);
            sender.push(topic, base, log.logEndOffset(), bytesOf(base, log.logEndOffset()));
        };
        lone.run(Duration.ofSeconds(1));
        write();
        lone.run(Duration.ofSeconds(1));
        assertComplete();
    }

    @Test
    void bugWhilePushing_breaksTheStream_andLeavesTheSenderUsable() {
        sender.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        stream.meanwhile = () -> {
            throw new IllegalStateException("a bug");
        };
        write();
        lone.run(Duration.ofSeconds(1));
        assertThat(broken).isEqualTo(1);
        sender.open(topic, 1);
        lone.run(Duration.ofSeconds(1));
        write();
        lone.run(Duration.ofSeconds(1));
        assertComplete();
    }
}
