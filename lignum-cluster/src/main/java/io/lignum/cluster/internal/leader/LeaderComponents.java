package io.lignum.cluster.internal.leader;

import io.lignum.cluster.InternalTopics;
import io.lignum.cluster.internal.state.Alarms;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.storage.TopicLog;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * All that a node has while it leads one epoch: the role, the changes to topics and the proofs for
 * reads. They begin together and end together.
 *
 * <p>The node's loop only, but for {@link #role()}.
 */
public final class LeaderComponents {

    private final NodeContext context;
    private final LeaderRole role;
    private final ReadBarrier barrier;
    private final TopicCommands commands;
    private final TopicCatalog catalog;
    private final Alarms alarms;
    private boolean ended;

    /** @param nodes how many there are in the cluster */
    public LeaderComponents(
            NodeContext context,
            LeaderRole role,
            TopicCatalog catalog,
            Supplier<Integer> nodes,
            Alarms alarms) {
        this.context = context;
        this.role = role;
        this.catalog = catalog;
        this.alarms = alarms;
        barrier = new ReadBarrier(context, role);
        commands = new TopicCommands(context, role, catalog, nodes);
    }

    /** Any thread. */
    public LeaderRole role() {
        return role;
    }

    public ReadBarrier barrier() {
        return barrier;
    }

    public TopicCommands commands() {
        return commands;
    }

    /**
     * Changes to topics may go on from where the catalog is; once it is where this epoch begins,
     * all topics are known.
     *
     * @param catalogMoves takes a condition that is tried each time the catalog has moved, until it
     *     holds
     */
    public void takeTopics(Consumer<BooleanSupplier> catalogMoves) {
        commands.caughtUp(catalog.applied());
        LeaderTopic metadata = role.leaderEpoch().topic(catalog.log());
        long before = metadata == null ? 0 : metadata.epochStart();
        catalogMoves.accept(() -> {
            if (!ended && catalog.applied() >= before) {
                role.topicsAreKnown();
                commands.takeTrims();
                adoptTopics();
                return true;
            }
            return ended;
        });
    }

    /**
     * A standalone node's topics become the cluster's. Whoever was to see to that may have died
     * over it, so each new leader looks for such as the metadata log does not know; to create one
     * again is void.
     */
    private void adoptTopics() {
        for (TopicLog log : context.store().topics()) {
            if (!InternalTopics.isInternal(log) && !catalog.knows(log.id())) {
                context.whenDone(commands.adopt(log), (id, failure) -> {
                    if (failure != null) {
                        alarms.add("topic " + log.name() + " was not taken into the cluster: "
                                + failure.getMessage());
                    }
                });
            }
        }
    }

    /** The epoch is over for this node. */
    public void end(String why) {
        ended = true;
        role.end(why);
        commands.end(why);
        barrier.end();
    }
}
