package io.lignum.cluster.internal.state;

import java.util.function.Consumer;

/**
 * Whether the cluster that the coordinator knows is the one that this node's data is of, or may
 * come to be of (R2).
 *
 * <p>The node's loop only.
 */
public final class ClusterIdCheck {

    private final NodeIdentityKeeper identity;
    private final boolean mayJoin;
    private final Consumer<String> unfit;

    /**
     * Looks at nothing yet.
     *
     * @param mayJoin this node may join a cluster that it was not part of before
     * @param unfit told why this node cannot be of the cluster
     */
    public ClusterIdCheck(NodeIdentityKeeper identity, boolean mayJoin, Consumer<String> unfit) {
        this.identity = identity;
        this.mayJoin = mayJoin;
        this.unfit = unfit;
    }

    /** If not, the node ends. */
    public boolean isOwn(ClusterState state) {
        NodeIdentity now = identity.identity();
        if (now.clusterId().isPresent() && !now.clusterId().get().equals(state.clusterId())) {
            unfit.accept("this node is of cluster " + now.clusterId().get()
                    + ", the coordinator knows cluster " + state.clusterId());
            return false;
        }
        if (now.clusterId().isEmpty() && !mayJoin && !state.hasInSync(now.self())) {
            unfit.accept("this node's data is to found a cluster, but cluster " + state.clusterId()
                    + " exists already: join it with an empty data directory");
            return false;
        }
        return true;
    }
}
