package io.lignum.cluster.internal.topics;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeIdentityKeeper;
import io.lignum.cluster.peer.LeaderCommand;
import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.record.RecordBatch;
import io.lignum.storage.Outcome;
import io.lignum.storage.StorageException;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Sends requests to the leader, and translates its errors into those of this node. Any thread. */
public final class LeaderForwarder {

    private static final Duration GRACE = Duration.ofSeconds(1);

    private final NodeContext context;
    private final NodeIdentityKeeper identity;
    /** A producer's batches must keep their order; requests of different producers have none. */
    private final OrderedRequests inOrder;

    private volatile ClusterException.@Nullable Leader leader;

    public LeaderForwarder(NodeContext context, NodeIdentityKeeper identity) {
        this.context = context;
        this.identity = identity;
        inOrder = new OrderedRequests(context);
    }

    /** Called by the loop. Null: this node knows no leader. */
    public void leaderIs(ClusterException.@Nullable Leader known) {
        leader = known;
    }

    public Optional<ClusterException.Leader> leader() {
        return Optional.ofNullable(leader);
    }

    public ClusterException.NotLeader notLeader() {
        ClusterException.Leader known = leader;
        String text = known == null
                ? "no leader is known at the moment, try again"
                : "node " + known.nodeId() + " leads";
        return new ClusterException.NotLeader(text, known);
    }

    public CompletableFuture<AppendResult> append(
            String topic, ByteBuffer batch, OptionalLong expectedEnd) {
        RecordBatch view = RecordBatch.at(batch, batch.position());
        CompletableFuture<PeerResponse> asked = view.hasProducer()
                ? inOrder.send(
                        topic + " " + view.producerId(), () -> send(topic, batch, expectedEnd))
                : send(topic, batch, expectedEnd);
        return asked.thenApply(answer -> expect(answer, PeerResponse.Appended.class))
                .thenApply(done -> new AppendResult(
                        done.firstOffset(),
                        done.count(),
                        done.duplicate(),
                        Optional.of(done.leader())));
    }

    private CompletableFuture<PeerResponse> send(
            String topic, ByteBuffer batch, OptionalLong expectedEnd) {
        NodeIdentity self = identity.identity();
        return ask(
                new PeerRequest.Append(self.self(), self.epoch(), topic, batch, expectedEnd, true));
    }

    /** The kind of the answer is the one that the command names: {@link #expect} checks it. */
    public CompletableFuture<PeerResponse> command(LeaderCommand command) {
        NodeIdentity self = identity.identity();
        return ask(new PeerRequest.Command(self.self(), self.epoch(), command));
    }

    public CompletableFuture<Long> readIndex(UUID topic) {
        NodeIdentity self = identity.identity();
        return ask(new PeerRequest.ReadIndex(self.self(), self.epoch(), topic))
                .thenApply(answer -> expect(answer, PeerResponse.ReadUpTo.class).offset());
    }

    /** The answer, or COMMIT_UNKNOWN if the leader sent one of another kind. */
    public static <T extends PeerResponse> T expect(PeerResponse answer, Class<T> kind) {
        if (!kind.isInstance(answer)) {
            throw new ClusterException.CommitUnknown("the leader answered "
                    + answer.getClass().getSimpleName() + ", not " + kind.getSimpleName());
        }
        return kind.cast(answer);
    }

    private CompletableFuture<PeerResponse> ask(PeerRequest question) {
        ClusterException.Leader known = leader;
        if (known == null || known.nodeId().equals(identity.identity().self().nodeId())) {
            return CompletableFuture.failedFuture(notLeader());
        }
        return context.network()
                .ask(known.address(), question, context.config().commitTimeout().plus(GRACE))
                .handle((answer, failure) -> {
                    if (failure != null) {
                        throw translated(failure);
                    }
                    return answer;
                });
    }

    private RuntimeException translated(Throwable failure) {
        Throwable cause = NodeContext.causeOf(failure);
        if (!(cause instanceof PeerException peer)) {
            return new ClusterException.CommitUnknown("forwarding to the leader failed: " + cause);
        }
        String text = String.valueOf(peer.getMessage());
        return switch (peer.code()) {
            case PeerException.UNREACHABLE ->
                peer.isUnknown()
                        ? new ClusterException.CommitUnknown("the leader did not answer: " + text)
                        : new ClusterException.NotLeader(
                                "the leader cannot be reached: " + text, null);
            case "NOT_LEADER" ->
                peer.isUnknown()
                        ? new ClusterException.CommitUnknown(text)
                        : new ClusterException.NotLeader(text, null);
            default ->
                new ClusterException.Forwarded(
                        peer.code(),
                        peer.isUnknown() ? Outcome.UNKNOWN : Outcome.NOT_APPLIED,
                        text,
                        peer.limit()
                                .map(hit -> new StorageException.Limit(hit.name(), hit.value())));
        };
    }

    /** Translates an error of this node for the peer that asked. */
    public static PeerException toPeerError(Throwable failure) {
        Throwable cause = NodeContext.causeOf(failure);
        if (cause instanceof PeerException peer) {
            return peer;
        }
        if (cause instanceof StorageException storage) {
            PeerException refusal = new PeerException(
                    storage.code().name(),
                    storage.outcome() == Outcome.UNKNOWN,
                    String.valueOf(storage.getMessage()),
                    storage);
            return storage.limit()
                    .map(hit ->
                            refusal.withLimit(new PeerException.Limit(hit.field(), hit.value())))
                    .orElse(refusal);
        }
        if (cause instanceof ClusterException cluster) {
            return new PeerException(
                    cluster.code().name(),
                    cluster.outcome() == Outcome.UNKNOWN,
                    String.valueOf(cluster.getMessage()),
                    cluster);
        }
        return new PeerException("INTERNAL", true, String.valueOf(cause), cause);
    }
}
