package io.lignum.cluster.node;

import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.leader.Replica;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's end of a stream that a peer opened: once it has registered, what it says goes to the
 * {@link LeaderRole} that took it, and to no later one. Called on the network's threads; the work
 * is done on the loop.
 */
final class ReplicaSession implements PeerStreamReceiver {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaSession.class);

    private final Node node;
    private final PeerStream link;
    private volatile @Nullable Replica handle;
    private @Nullable LeaderRole owner;

    ReplicaSession(Node node, PeerStream link) {
        this.node = node;
        this.link = link;
    }

    @Override
    public void received(Message message, Runnable done) {
        node.context().onLoop(() -> {
            take(message);
            done.run();
        });
    }

    private void take(Message message) {
        Replica known = handle;
        LeaderRole leading = node.roles().leading();
        if (known == null && message instanceof Message.Register register) {
            register(register, leading);
        } else if (known == null || leading == null || leading != owner) {
            link.close();
        } else if (message.epoch() > leading.epoch()) {
            node.leaderTransition()
                    .deposed(message.epoch(), known.member() + " is at epoch " + message.epoch());
        } else if (message instanceof Message.LastBatchPositions positions) {
            leading.followers().positions(known, positions);
        } else if (message instanceof Message.Acks acks) {
            leading.followers().acks(known, acks);
        } else if (message instanceof Message.Alive) {
            known.heard();
        } else {
            LOG.warn(
                    "{} sent {}, which is not for a leader",
                    known.member(),
                    Message.nameOf(message));
        }
    }

    private void register(Message.Register request, @Nullable LeaderRole leading) {
        if (leading == null) {
            link.send(new Message.Refused(
                    node.identity().epoch(),
                    Message.Refused.Reason.NOT_LEADER,
                    "this node does not lead"));
            link.close();
            return;
        }
        owner = leading;
        handle = leading.followers().register(link, request).orElse(null);
    }

    @Override
    public void writable() {
        Replica known = handle;
        if (known != null) {
            known.feed().resume();
        }
    }

    @Override
    public void closed(String why) {
        node.context().onLoop(() -> {
            Replica known = handle;
            LeaderRole leading = owner;
            if (known != null && leading != null) {
                leading.followers().gone(known);
            }
        });
    }
}
