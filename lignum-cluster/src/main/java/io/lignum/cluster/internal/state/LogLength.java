package io.lignum.cluster.internal.state;

import io.lignum.cluster.peer.PeerResponse;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicLog;

import java.util.ArrayList;
import java.util.List;

/**
 * The length of a node's logs, by which the candidate with the longest logs is preferred (R7): the
 * last epoch first, then the sum of all log ends. Every in-sync replica has all committed records;
 * this compares the others.
 */
public record LogLength(int lastEpoch, long records) {

    public static LogLength of(LogStore store) {
        return of(ends(store));
    }

    public static LogLength of(List<PeerResponse.LogEnd> ends) {
        int epoch = 0;
        long records = 0;
        for (PeerResponse.LogEnd end : ends) {
            epoch = Math.max(epoch, end.lastEpoch().orElse(0));
            records += end.endOffset();
        }
        return new LogLength(epoch, records);
    }

    /**
     * Compares live topics, and topics that this store does not know. A replica that was in sync is
     * never shorter by this than one that was not, because it has at least as much of each topic.
     */
    public static LogLength ofLive(List<PeerResponse.LogEnd> ends, LogStore store) {
        return of(ends.stream()
                .filter(end -> store.findTopic(end.topic())
                        .map(log -> log.config().live())
                        .orElse(true))
                .toList());
    }

    /** The log end of each topic of a store. */
    public static List<PeerResponse.LogEnd> ends(LogStore store) {
        List<PeerResponse.LogEnd> ends = new ArrayList<>();
        for (TopicLog log : store.topics()) {
            ends.add(new PeerResponse.LogEnd(log.id(), log.lastEpoch(), log.logEndOffset()));
        }
        return ends;
    }

    public boolean isLongerThan(LogLength other) {
        return lastEpoch != other.lastEpoch ? lastEpoch > other.lastEpoch : records > other.records;
    }
}
