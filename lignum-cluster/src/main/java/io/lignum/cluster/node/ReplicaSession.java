package io.lignum.cluster.node;

import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.leader.Replica;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentityKeeper;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's end of a stream that a follower opened. Passes the follower's messages to the
 * {@link LeaderRole} that registered it, and to no later one. Called on the network's threads; the
 * work is done on the node loop.
 */
final class ReplicaSession implements PeerStreamReceiver {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaSession.class);

    private final NodeContext context;
    private final NodeIdentityKeeper identity;
    private final RoleHolder roles;
    private final LeaderTransition transition;
    private final PeerStream stream;
    private volatile @Nullable Replica handle;
    private @Nullable LeaderRole owner;

    ReplicaSession(
            NodeContext context,
            NodeIdentityKeeper identity,
            RoleHolder roles,
            LeaderTransition transition,
            PeerStream stream) {
        this.context = context;
        this.identity = identity;
        this.roles = roles;
        this.transition = transition;
        this.stream = stream;
    }

    @Override
    public void received(Message message, Runnable done) {
        context.onLoop(() -> {
            take(message);
            done.run();
        });
    }

    private void take(Message message) {
        Replica known = handle;
        LeaderRole leading = roles.leading();
        if (known == null && message instanceof Message.Register register) {
            register(register, leading);
        } else if (known == null || leading == null || leading != owner) {
            stream.close();
        } else if (message.epoch() > leading.epoch()) {
            transition.deposed(message.epoch(), known.member() + " is at epoch " + message.epoch());
        } else if (message instanceof Message.LastBatchPositions positions) {
            leading.followers().positions(known, positions);
        } else if (message instanceof Message.Acks acks) {
            leading.followers().acks(known, acks);
        } else if (message instanceof Message.Alive) {
            known.heard();
        } else {
            LOG.warn(
                    "{} sent {}, which leaders do not handle",
                    known.member(),
                    Message.nameOf(message));
        }
    }

    private void register(Message.Register request, @Nullable LeaderRole leading) {
        if (leading == null) {
            stream.send(new Message.Refused(
                    identity.identity().epoch(),
                    Message.Refused.Reason.NOT_LEADER,
                    "this node does not lead"));
            stream.close();
            return;
        }
        owner = leading;
        handle = leading.followers().register(stream, request).orElse(null);
    }

    @Override
    public void writable() {
        Replica known = handle;
        if (known != null) {
            known.writable();
        }
    }

    @Override
    public void closed(String why) {
        context.onLoop(() -> {
            Replica known = handle;
            LeaderRole leading = owner;
            if (known != null && leading != null) {
                leading.followers().closed(known);
            }
        });
    }
}
