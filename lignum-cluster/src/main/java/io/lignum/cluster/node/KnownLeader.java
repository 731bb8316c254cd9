package io.lignum.cluster.node;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.leader.LeaderEpoch;
import io.lignum.cluster.internal.topics.LeaderForwarder;

/**
 * Sets where clients' appends go: to this node's {@link Appends}, to another node through the
 * {@link LeaderForwarder}, or to no node while no leader is known. The node loop only.
 */
final class KnownLeader {

    private final Appends appends;
    private final LeaderForwarder forwarder;

    KnownLeader(Appends appends, LeaderForwarder forwarder) {
        this.appends = appends;
        this.forwarder = forwarder;
    }

    /** This node leads and takes appends in this epoch. */
    void leads(LeaderEpoch epoch) {
        appends.leads(epoch);
    }

    /** Names this node or another one as the leader. */
    void is(ClusterException.Leader leader) {
        forwarder.leaderIs(leader);
    }

    /** Names no leader. Appends that this node takes are not affected. */
    void isUnknown() {
        forwarder.leaderIs(null);
    }

    /** The error for a call that needs the leader: it names the leader, if one is known. */
    ClusterException.NotLeader notLeader() {
        return forwarder.notLeader();
    }

    /** This node takes no appends, and no leader is named. */
    void none() {
        appends.leads(null);
        forwarder.leaderIs(null);
    }
}
