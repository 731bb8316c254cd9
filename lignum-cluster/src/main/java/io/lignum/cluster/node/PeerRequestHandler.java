package io.lignum.cluster.node;

import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.leader.ReadBarrier;
import io.lignum.cluster.internal.state.LogLength;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.topics.LeaderForwarder;
import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.cluster.peer.PeerService;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;
import io.lignum.record.RecordBatch;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.EpochEnd;
import io.lignum.storage.LogCursor;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Answers the requests of peers. Called on the network's threads; appends run there, all other
 * requests on the loop.
 */
final class PeerRequestHandler implements PeerService {

    private static final int MAX_BATCHES_BYTES = 4 << 20;

    private final NodeContext context;
    private final ClusterKnowledge known;
    private final RoleHolder roles;
    private final LeaderTransition transition;
    private final LeaderForwarder forwarder;
    private final Appends appends;
    private final OperatorCommands operator;

    PeerRequestHandler(
            NodeContext context,
            ClusterKnowledge known,
            RoleHolder roles,
            LeaderTransition transition,
            LeaderForwarder forwarder,
            Appends appends,
            OperatorCommands operator) {
        this.context = context;
        this.known = known;
        this.roles = roles;
        this.transition = transition;
        this.forwarder = forwarder;
        this.appends = appends;
        this.operator = operator;
    }

    @Override
    public PeerStreamReceiver accept(PeerStream link) {
        return new ReplicaSession(context, known.keeper(), roles, transition, link);
    }

    @Override
    public CompletableFuture<PeerResponse> answer(PeerRequest question) {
        CompletableFuture<PeerResponse> answer;
        if (question instanceof PeerRequest.Append append) {
            answer = append(append);
        } else if (question instanceof PeerRequest.LogEndRequest ask) {
            answer = onLoop(() -> logEnds(ask));
        } else if (question instanceof PeerRequest.ReadIndex read) {
            answer = onLoop(() -> readIndex(read));
        } else if (question instanceof PeerRequest.Command command) {
            answer = onLoop(() -> operator.execute(command.command()));
        } else {
            answer = continuation((PeerRequest.Continuation) question);
        }
        return answer.handle((done, failure) -> {
            if (failure != null) {
                throw LeaderForwarder.toPeerError(failure);
            }
            return done;
        });
    }

    private interface Work {
        CompletableFuture<? extends PeerResponse> run();
    }

    private CompletableFuture<PeerResponse> onLoop(Work work) {
        return context.call(work::run);
    }

    private CompletableFuture<PeerResponse> append(PeerRequest.Append append) {
        return appends.append(
                        append.topic(),
                        append.batch(),
                        new AppendOptions(append.expectedEnd(), null),
                        NotLeaderPolicy.REFUSE)
                .thenApply(done -> new PeerResponse.Appended(
                        done.leader().orElseThrow(),
                        done.firstOffset(),
                        done.count(),
                        done.duplicate()));
    }

    private CompletableFuture<PeerResponse> logEnds(PeerRequest.LogEndRequest ask) {
        LeaderRole leading = roles.leading();
        if (leading != null && ask.epoch() > leading.epoch()) {
            transition.deposed(ask.epoch(), ask.asker() + " is at epoch " + ask.epoch());
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

    private CompletableFuture<PeerResponse.ReadUpTo> readIndex(PeerRequest.ReadIndex read) {
        ReadBarrier barrier = roles.barrier();
        Optional<TopicLog> log = context.store().findTopic(read.topic());
        LeaderRole leading = roles.leading();
        if (barrier == null || leading == null) {
            return CompletableFuture.failedFuture(forwarder.notLeader());
        }
        if (log.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new StorageException.UnknownTopic(read.topic().toString()));
        }
        leading.timers().shipNow(log.get());
        return barrier.await(log.get())
                .thenApply(end -> new PeerResponse.ReadUpTo(leading.epoch(), end));
    }

    private CompletableFuture<PeerResponse> continuation(PeerRequest.Continuation ask) {
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
