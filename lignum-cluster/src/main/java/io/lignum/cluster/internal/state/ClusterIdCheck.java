package io.lignum.cluster.internal.state;

import java.util.function.Consumer;

/**
 * Checks that the coordinator's cluster is the one that this node's data belongs to, or one that
 * the node may join (R2).
 *
 * <p>The node loop only.
 */
public final class ClusterIdCheck {

    private final NodeIdentityKeeper identity;
    private final boolean mayJoin;
    private final Consumer<String> unfit;

    /**
     * Checks nothing yet.
     *
     * @param mayJoin whether this node may join a cluster that it was not part of before
     * @param unfit called with the reason why this node cannot be part of the cluster
     */
    public ClusterIdCheck(NodeIdentityKeeper identity, boolean mayJoin, Consumer<String> unfit) {
        this.identity = identity;
        this.mayJoin = mayJoin;
        this.unfit = unfit;
    }

    /** If not, this ends the node. */
    public boolean isOwn(ClusterState state) {
        NodeIdentity now = identity.identity();
        if (now.clusterId().isPresent() && !now.clusterId().get().equals(state.clusterId())) {
            unfit.accept("this node is of cluster " + now.clusterId().get()
                    + ", the coordinator knows cluster " + state.clusterId());
            return false;
        }
        if (now.clusterId().isEmpty() && !mayJoin && !state.hasInSync(now.self())) {
            unfit.accept("this node's data was marked to found a cluster, but cluster "
                    + state.clusterId() + " exists already: join it with an empty data directory");
            return false;
        }
        return true;
    }
}
