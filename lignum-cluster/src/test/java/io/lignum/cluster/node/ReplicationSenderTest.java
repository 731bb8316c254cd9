package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.internal.leader.LeaderTopic;
import io.lignum.cluster.internal.leader.ReplicationSender;
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

/** What is on its way is bounded, and what is not waited for any more does not count. */
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
    private final Racing link = new Racing();
    private int broken;
    private final ReplicationSender feed =
            new ReplicationSender(lone.node, lone.role.epoch(), link, () -> broken++);
    private final TopicLog log = lone.create("t", true);
    private final LeaderTopic topic = new LeaderTopic(log, LoneLeader.SELF, lone.role.epoch());

    ReplicationSenderTest() {
        lone.append(log);
    }

    @Test
    void topicThatIsStoppedWhileItIsSent_takesNoSpaceForEver() {
        for (int i = 0; i < 2 * lone.node.config().queueSize(); i++) {
            feed.open(topic, 0);
            link.meanwhile = () -> link.meanwhile = () -> feed.stop(topic.id());
            lone.run(Duration.ofMillis(1));
        }
        link.meanwhile = () -> {};
        link.sent = 0;
        feed.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        assertThat(link.sent).isEqualTo(1);
    }

    /** R39: an error in reading that passes does not end the replication of a topic. */
    @Test
    void logThatCannotBeRead_isShippedOnceItCan() {
        Path sealed = SimulatedNode.DIRECTORY.resolve(log.id() + "/00000000000000000000.log");
        lone.await(log.admin().sealActive());
        lone.disk.flipBit(sealed, 65, 0);
        feed.open(topic, 0);
        lone.run(Duration.ofSeconds(30));
        assertThat(link.sent).isZero();
        lone.disk.flipBit(sealed, 65, 0);
        lone.run(Duration.ofSeconds(6));
        assertThat(link.sent).isEqualTo(1);
    }

    @Test
    void deletedTopic_isNotShippedAnyMore() {
        lone.await(lone.store.deleteTopicAsync("t"));
        feed.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        assertThat(feed.isOpen(log.id())).isFalse();
    }

    @Test
    void bugWhileShipping_breaksTheStream_andLeavesTheFeedUsable() {
        link.meanwhile = () -> {
            throw new IllegalStateException("a bug");
        };
        feed.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        assertThat(broken).isEqualTo(1);
        feed.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        assertThat(link.sent).isEqualTo(1);
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
        if (feed.offer(topic, base, end)) {
            ByteBuffer bytes = bytesOf(base, end);
            lone.node.onLoop(() -> feed.push(topic, base, end, bytes));
        } else {
            feed.wake(topic);
        }
    }

    private void assertComplete() {
        long next = 0;
        for (Message.Append message : link.messages) {
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
        feed.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        for (int i = 0; i < 5; i++) {
            write();
            lone.run(Duration.ofMillis(10));
        }
        assertThat(link.messages).hasSize(6);
        assertComplete();
    }

    @Test
    void writesThatFollowEachOtherBeforeTheLoopRuns_areAllOffered() {
        feed.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        long base = log.logEndOffset();
        assertThat(feed.offer(topic, base, base + 1)).isTrue();
        assertThat(feed.offer(topic, base + 1, base + 2)).isTrue();
        assertThat(feed.offer(topic, base + 3, base + 4)).isFalse();
    }

    @Test
    void streamThatTakesNothing_isServedFromTheFileLater_withoutGapOrRepeat() {
        feed.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        link.full = true;
        for (int i = 0; i < 5; i++) {
            write();
            lone.run(Duration.ofMillis(10));
        }
        assertThat(link.messages).hasSize(1);
        link.full = false;
        feed.resume();
        lone.run(Duration.ofSeconds(1));
        write();
        lone.run(Duration.ofSeconds(1));
        assertComplete();
    }

    @Test
    void pushWhileAnotherThreadReadsTheFile_leavesNoGapAndRepeatsNothing() {
        feed.open(topic, 0);
        link.meanwhile = () -> {
            long base = log.logEndOffset();
            lone.append(log);
            feed.push(topic, base, log.logEndOffset(), bytesOf(base, log.logEndOffset()));
        };
        lone.run(Duration.ofSeconds(1));
        write();
        lone.run(Duration.ofSeconds(1));
        assertComplete();
    }

    @Test
    void bugWhilePushing_breaksTheStream_andLeavesTheSenderUsable() {
        feed.open(topic, 0);
        lone.run(Duration.ofSeconds(1));
        link.meanwhile = () -> {
            throw new IllegalStateException("a bug");
        };
        write();
        lone.run(Duration.ofSeconds(1));
        assertThat(broken).isEqualTo(1);
        feed.open(topic, 1);
        lone.run(Duration.ofSeconds(1));
        write();
        lone.run(Duration.ofSeconds(1));
        assertComplete();
    }
}
