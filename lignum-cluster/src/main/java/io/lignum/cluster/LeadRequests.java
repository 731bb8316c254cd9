package io.lignum.cluster;

import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What appends want of the node's lead now and then: a topic that is not there yet, and the proof that this node leads.
 *
 * <p>Any thread; the work is done on the node's loop.
 */
final class LeadRequests implements TopicCreator.Maker {

    private final NodeContext context;
    private final Roles roles;
    private final Forwarder forwarder;

    LeadRequests(NodeContext context, Roles roles, Forwarder forwarder) {
        this.context = context;
        this.roles = roles;
        this.forwarder = forwarder;
    }

    /** Completes once this node has proved that it leads (R24), and fails if it does not. */
    CompletableFuture<Long> proveLead(TopicLog log) {
        CompletableFuture<Long> proved = new CompletableFuture<>();
        context.onLoop(() -> {
            ReadBarrier current = roles.barrier();
            if (current == null) {
                proved.completeExceptionally(forwarder.notLeader());
            } else {
                NodeContext.forward(current.await(log), proved);
            }
        });
        return proved;
    }

    @Override
    public CompletableFuture<TopicLog> make(String name) {
        CompletableFuture<TopicLog> made = new CompletableFuture<>();
        context.onLoop(() -> {
            TopicCommands accepting = roles.commands();
            Optional<TopicLog> there = context.store().findTopic(name);
            LeaderRole leading = roles.leading();
            if (leading == null || accepting == null) {
                made.completeExceptionally(forwarder.notLeader());
            } else if (there.isPresent() && leading.leadership().topic(there.get()) != null) {
                made.complete(there.get());
            } else {
                var unused = accepting
                        .create(name, context.store().config().defaults())
                        .whenComplete((id, failure) -> {
                            Throwable cause = NodeContext.causeOf(failure);
                            if (cause == null || cause instanceof StorageException.TopicExists) {
                                made.complete(context.store().topic(name));
                            } else if (roles.leading() != leading) {
                                // Whether there is a topic is unknown; no message is in it.
                                made.completeExceptionally(forwarder.notLeader());
                            } else {
                                made.completeExceptionally(cause);
                            }
                        });
            }
        });
        return made;
    }
}
