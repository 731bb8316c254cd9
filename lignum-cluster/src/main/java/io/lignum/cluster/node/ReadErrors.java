package io.lignum.cluster.node;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.state.DamagedTopics;
import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import java.util.Optional;

/**
 * Translates failures of reads of this node's copy of a topic (R23, R40). A failure of one copy is
 * not a property of the topic: while the copy is checked again, will be fetched again, or another
 * node is about to lead, the reader gets NOT_CAUGHT_UP, because the same read can succeed later,
 * and on another node at once. Only a leader that continues without its damaged copy, because no
 * other in-sync replica exists, answers CORRUPT_LOG.
 *
 * <p>Any thread.
 */
final class ReadErrors {

    private final RoleHolder roles;
    private final LogStore store;
    private final DamagedTopics damagedTopics;

    ReadErrors(RoleHolder roles, LogStore store, DamagedTopics damagedTopics) {
        this.roles = roles;
        this.store = store;
        this.damagedTopics = damagedTopics;
    }

    /** @param from the offset that the read began at */
    RuntimeException of(String topic, long from, StorageException failure) {
        if (failure instanceof StorageException.Replaced) {
            return new ClusterException.NotCaughtUp("topic " + topic
                    + " is fetched again by this node, because its copy was damaged");
        }
        if (failure instanceof StorageException.CorruptLog && !isLastWord(topic)) {
            return new ClusterException.NotCaughtUp("topic " + topic
                    + " could not be read on this node, which checks its copy or fetches it again");
        }
        if (failure instanceof StorageException.OffsetOutOfRange out
                && from > out.endOffset()
                && roles.leading() == null) {
            return new ClusterException.NotCaughtUp("topic " + topic + " can be read up to "
                    + out.endOffset() + " on this node, not yet from " + from);
        }
        return failure;
    }

    private boolean isLastWord(String topic) {
        LeaderRole leading = roles.leading();
        Optional<TopicLog> log = store.findTopic(topic);
        return leading != null
                && log.isPresent()
                && damagedTopics.damageOf(log.get()) != null
                && leading.leaderEpoch().topic(log.get()) == null;
    }
}
