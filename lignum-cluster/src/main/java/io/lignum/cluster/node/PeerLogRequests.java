package io.lignum.cluster.node;

import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.leader.ReadBarrier;
import io.lignum.cluster.internal.state.ClusterKnowledge;
import io.lignum.cluster.internal.state.LogLength;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;
import io.lignum.record.RecordBatch;
import io.lignum.storage.EpochEnd;
import io.lignum.storage.LogCursor;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Answers what peers ask about this node's logs: where they end, up to where a linearizable read
 * must go, and the batches that continue a log.
 *
 * <p>Any thread; the work runs on the node loop, and reads of batches on the threads for blocking
 * work.
 */
final class PeerLogRequests {

    private static final int MAX_BATCHES_BYTES = 4 << 20;

    private final NodeContext context;
    private final ClusterKnowledge known;
    private final RoleHolder roles;
    private final LeaderTransition transition;

    PeerLogRequests(
            NodeContext context,
            ClusterKnowledge known,
            RoleHolder roles,
            LeaderTransition transition) {
        this.context = context;
        this.known = known;
        this.roles = roles;
        this.transition = transition;
    }

    /** Takes the connection of a follower. */
    PeerStreamReceiver accept(PeerStream stream) {
        return new ReplicaSession(context, known.keeper(), roles, transition, stream);
    }

    CompletableFuture<PeerResponse> logEnds(PeerRequest.LogEndRequest ask) {
        return context.call(() -> progress(ask));
    }

    private CompletableFuture<PeerResponse> progress(PeerRequest.LogEndRequest ask) {
        LeaderRole leading = roles.leading();
        if (leading != null && ask.epoch() > leading.epoch()) {
            transition.deposed(ask.epoch(), ask.sender() + " is at epoch " + ask.epoch());
        }
        NodeIdentity self = known.identity();
        return CompletableFuture.completedFuture(new PeerResponse.Progress(
                self.self(),
                self.epoch(),
                self.seenVersion(),
                roles.leading() != null,
                LogLength.ends(context.store()),
                known.members().known()));
    }

    CompletableFuture<PeerResponse> readIndex(PeerRequest.ReadIndex read) {
        return context.call(() -> readUpTo(read));
    }

    private CompletableFuture<PeerResponse.ReadUpTo> readUpTo(PeerRequest.ReadIndex read) {
        ReadBarrier barrier = roles.barrier();
        Optional<TopicLog> log = context.store().findTopic(read.topic());
        LeaderRole leading = roles.leading();
        if (barrier == null || leading == null) {
            return CompletableFuture.failedFuture(transition.notLeader());
        }
        if (log.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new StorageException.UnknownTopic(read.topic().toString()));
        }
        leading.timers().shipNow(log.get());
        return barrier.await(log.get())
                .thenApply(end -> new PeerResponse.ReadUpTo(leading.epoch(), end));
    }

    CompletableFuture<PeerResponse> continuation(PeerRequest.Continuation ask) {
        return context.callBlocking(() -> {
            if (ask.epoch() < known.identity().epoch()) {
                throw new PeerException(
                        "NOT_LEADER",
                        false,
                        "epoch " + known.identity().epoch() + " has started",
                        null);
            }
            return new PeerResponse.Batches(continuationOf(ask));
        });
    }

    private ByteBuffer continuationOf(PeerRequest.Continuation ask) {
        Optional<TopicLog> found = context.store().findTopic(ask.topic());
        if (found.isEmpty() || !continues(found.get(), ask)) {
            return ByteBuffer.allocate(0);
        }
        int most = Math.min(ask.maxBytes(), MAX_BATCHES_BYTES);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LogCursor cursor = found.get().replicationCursor(ask.fromOffset())) {
            while (out.size() < most && cursor.next()) {
                RecordBatch batch = cursor.batch();
                ByteBuffer slice = batch.slice();
                byte[] bytes = new byte[batch.sizeInBytes()];
                slice.get(slice.position(), bytes);
                out.writeBytes(bytes);
            }
        }
        return ByteBuffer.wrap(out.toByteArray());
    }

    /** Whether the log of the node that asks is a prefix of this one. */
    private static boolean continues(TopicLog log, PeerRequest.Continuation ask) {
        if (ask.fromOffset() >= log.logEndOffset() || ask.fromOffset() < log.logStartOffset()) {
            return false;
        }
        if (ask.lastEpoch().isEmpty()) {
            return ask.fromOffset() == 0;
        }
        EpochEnd end = log.epochEnd(ask.lastEpoch().getAsInt());
        return end.epoch() == ask.lastEpoch().getAsInt() && end.endOffset() >= ask.fromOffset();
    }
}
