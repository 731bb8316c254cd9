package io.lignum.cluster.internal.leader;

import io.lignum.cluster.InternalTopics;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.storage.TopicLog;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The objects that exist while this node leads one epoch: the role, the commands for topics, and
 * the barrier for reads. They start and end together.
 *
 * <p>The node loop only, except {@link #role()}.
 */
public final class LeaderComponents {

    private final NodeContext context;
    private final LeaderRole role;
    private final ReadBarrier barrier;
    private final TopicCommands commands;
    private final TopicCatalog catalog;
    private final Consumer<String> alarm;
    private boolean ended;

    /** @param nodes number of nodes of the cluster */
    public LeaderComponents(
            NodeContext context,
            LeaderRole role,
            TopicCatalog catalog,
            Supplier<Integer> nodes,
            Consumer<String> alarm) {
        this.context = context;
        this.role = role;
        this.catalog = catalog;
        this.alarm = alarm;
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
     * Starts changes to topics. Once the catalog has applied the metadata log up to the start of
     * this epoch, all topics are known.
     *
     * @param catalogMoves runs a condition each time the catalog has applied more, until it is true
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
     * Makes topics of a formerly standalone node topics of the cluster. An earlier leader may have
     * failed before it was done, so each new leader adds the topics that the metadata log does not
     * have; a repeated creation has no effect.
     */
    private void adoptTopics() {
        for (TopicLog log : context.store().topics()) {
            if (!InternalTopics.isOfCluster(log.name()) && !catalog.knows(log.id())) {
                context.whenDone(commands.adopt(log), (id, failure) -> {
                    if (failure != null) {
                        alarm.accept("topic " + log.name() + " was not taken into the cluster: "
                                + failure.getMessage());
                    }
                });
            }
        }
    }

    /** Ends the epoch for this node. */
    public void end(String why) {
        ended = true;
        role.end(why);
        commands.end(why);
        barrier.end();
    }
}
