package io.lignum.cluster.node;

import io.lignum.cluster.internal.state.NodeIdentity;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.function.UnaryOperator;

/** The operations of a node that the transitions between roles call. The node loop only. */
interface NodeControl {

    /** Decides again which role this node has. */
    void reconsider();

    /** Where clients' appends go. */
    KnownLeader knownLeader();

    /** Does not stand for election for a while, so that another node can win. */
    void rest(Duration span);

    /** Reports a problem that an operator must see. */
    void alarm(String text);

    /** Whether this node is about to leave the cluster, so that it does not stand for election. */
    boolean isLeaving();

    /**
     * Makes a change of the identity durable; nothing waits for it. A failed disk ends the node.
     */
    void note(UnaryOperator<NodeIdentity> change);

    /** Ends the node, because this process cannot take part in this cluster. */
    void unfit(String why);

    /** Ends the node, because its disk failed; it has a new incarnation at its next start (R36). */
    void diskFailed(@Nullable Throwable cause);
}
