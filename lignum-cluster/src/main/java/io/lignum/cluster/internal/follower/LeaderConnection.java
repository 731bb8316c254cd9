package io.lignum.cluster.internal.follower;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;

/**
 * The follower's connection to the leader of one epoch: connects and registers, and does both again
 * whenever the stream ends or the leader is silent, until the epoch ends for this node.
 *
 * <p>The node loop only.
 */
final class LeaderConnection {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderConnection.class);

    private static final Duration FIRST_RETRY = Duration.ofMillis(100);

    /**
     * A leader that was just elected starts to lead within seconds, and each of its commits waits
     * for this node.
     */
    private static final Duration RETRY_IF_REFUSED = Duration.ofMillis(400);

    /** A disk that fails append after append is full, and stays so for a while. */
    private static final Duration RETRY_IF_FAILING = Duration.ofSeconds(1);

    private static final Duration FAILING = Duration.ofSeconds(10);

    /** Notified on the node loop. */
    interface Listener {
        /** A new stream begins: messages of the previous one do not count any more. */
        void fresh();

        /** A message came on the current stream. */
        void received(Message message);
    }

    private final NodeContext context;
    private final FollowedEpoch epoch;
    private final Listener listener;
    private Duration retry = FIRST_RETRY;
    private @Nullable PeerStream stream;
    private boolean welcomed;
    private @Nullable String refusal;
    private @Nullable String failure;
    private boolean ended;
    private long heardAt;
    private long failedAt;

    /** Call {@link #start} to connect. */
    LeaderConnection(NodeContext context, FollowedEpoch epoch, Listener listener) {
        this.context = context;
        this.epoch = epoch;
        this.listener = listener;
        failedAt = context.nowNanos() - FAILING.toNanos(); // not recently
    }

    private Member leader() {
        return epoch.leader().member();
    }

    void start() {
        connect();
        watchLeader();
    }

    private void connect() {
        if (ended) {
            return;
        }
        welcomed = false;
        heardAt = context.nowNanos(); // The silence before belonged to another stream.
        listener.fresh();
        Receiver receiver = new Receiver();
        PeerStream opened = context.network().connect(epoch.leader().address(), receiver);
        receiver.receives = opened;
        stream = opened;
        NodeIdentity identity = epoch.identity();
        opened.send(new Message.Register(
                epoch.number(),
                identity.self(),
                identity.clusterId().orElseThrow(),
                context.config().address(),
                Optional.ofNullable(failure)));
    }

    /** Receives what comes on one stream to the leader. Called on the network's threads. */
    private final class Receiver implements PeerStreamReceiver {
        private volatile @Nullable PeerStream receives;

        @Override
        public void received(Message message, Runnable done) {
            context.onLoop(() -> {
                if (isCurrent()) {
                    heardAt = context.nowNanos();
                    listener.received(message);
                }
                done.run();
            });
        }

        @Override
        public void writable() {
            // Acknowledgements are few and small, so they are sent in any case.
        }

        @Override
        public void closed(String why) {
            context.onLoop(() -> {
                if (isCurrent()) {
                    lost(why);
                }
            });
        }

        private boolean isCurrent() {
            return !ended && receives != null && receives == stream;
        }
    }

    private void lost(String why) {
        if (welcomed) {
            LOG.info("The stream to leader {} ended: {}", leader(), why);
        } else {
            LOG.debug("No stream to leader {}: {}", leader(), why);
        }
        stream = null;
        welcomed = false;
        context.later(retry, this::connect);
        Duration twice = retry.multipliedBy(2);
        Duration most = refusal == null ? context.config().leaderCheck() : RETRY_IF_REFUSED;
        retry = twice.compareTo(most) > 0 ? most : twice;
    }

    /** Restarts the stream if the leader has been silent for long: it may be half-open. */
    private void watchLeader() {
        if (ended) {
            return;
        }
        PeerStream open = stream;
        if (open != null
                && context.nowNanos() - heardAt
                        > context.config().heartbeatTimeout().toNanos()) {
            heardAt = context.nowNanos();
            open.close();
            lost("the leader is silent");
        }
        context.later(context.config().heartbeat(), this::watchLeader);
    }

    /** The leader accepted this node. */
    void welcomed() {
        welcomed = true;
        refusal = null;
        retry = FIRST_RETRY;
    }

    /** The leader refused this node, with a reason. */
    void refused(String text) {
        if (!text.equals(refusal)) { // Logged once, not at each attempt.
            LOG.warn("Leader {} refuses this node: {}", leader(), text);
        }
        refusal = text;
    }

    /** This node can store what it gets again, after a failure. */
    void stores() {
        failure = null;
    }

    boolean isWelcomed() {
        return welcomed;
    }

    boolean isEnded() {
        return ended;
    }

    /** Identifies the current stream, or null. */
    @Nullable
    PeerStream stream() {
        return stream;
    }

    void send(Message message) {
        PeerStream open = stream;
        if (open != null) {
            open.send(message);
        }
    }

    /**
     * This node could not store what it got: ends the current stream, if any, and starts another
     * one.
     */
    void restart(String why) {
        PeerStream open = stream;
        if (open != null) {
            long now = context.nowNanos();
            if (now - failedAt < FAILING.toNanos()) {
                retry = RETRY_IF_FAILING;
            }
            failedAt = now;
            failure = why;
            open.close();
            lost(why);
        }
    }

    /** Ends the epoch for this node. */
    void end() {
        ended = true;
        PeerStream open = stream;
        stream = null;
        if (open != null) {
            open.close();
        }
    }
}
