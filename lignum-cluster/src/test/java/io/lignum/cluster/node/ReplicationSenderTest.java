package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.internal.leader.LeaderTopic;
import io.lignum.cluster.internal.leader.ReplicationSender;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.TopicLog;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Duration;

/** What is on its way is bounded, and what is not waited for any more does not count. */
final class ReplicationSenderTest {

    /** Runs an action when the sender looks for capacity, as another thread might. */
    private static final class Racing implements PeerStream {
        Runnable meanwhile = () -> {};
        int sent;

        @Override
        public boolean isWritable() {
            Runnable now = meanwhile;
            meanwhile = () -> {};
            now.run();
            return true;
        }

        @Override
        public void send(Message message) {
            sent++;
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
}
