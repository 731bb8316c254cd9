package io.lignum.cluster;

import io.lignum.cluster.peer.Answer;
import io.lignum.cluster.peer.Link;
import io.lignum.cluster.peer.LinkReceiver;
import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.PeerService;
import io.lignum.cluster.peer.Question;
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

/** Answers the questions of peers. Called on the network's threads; appends go on there, the rest on the loop. */
final class PeerAnswers implements PeerService {

    private static final int MAX_BATCHES_BYTES = 4 << 20;

    private final Node node;
    private final Operator operator;

    PeerAnswers(Node node, Operator operator) {
        this.node = node;
        this.operator = operator;
    }

    @Override
    public LinkReceiver accept(Link link) {
        return new FollowerStream(node, link);
    }

    @Override
    public CompletableFuture<Answer> answer(Question question) {
        CompletableFuture<Answer> answer;
        if (question instanceof Question.Append append) {
            answer = append(append);
        } else if (question instanceof Question.HowFar ask) {
            answer = onLoop(() -> howFar(ask));
        } else if (question instanceof Question.ReadIndex read) {
            answer = onLoop(() -> readIndex(read));
        } else if (question instanceof Question.Command command) {
            answer = onLoop(() -> operator.carryOut(command.command(), command.arguments())
                    .thenApply(Answer.Done::new));
        } else {
            answer = continuation((Question.Continuation) question);
        }
        return answer.handle((done, failure) -> {
            if (failure != null) {
                throw Forwarder.tell(failure);
            }
            return done;
        });
    }

    private interface Work {
        CompletableFuture<? extends Answer> run();
    }

    private CompletableFuture<Answer> onLoop(Work work) {
        return node.context().call(work::run);
    }

    private CompletableFuture<Answer> append(Question.Append append) {
        return node.appends()
                .append(
                        append.topic(),
                        append.batch(),
                        new AppendOptions(append.expectedEnd(), null),
                        NotLeaderPolicy.REFUSE)
                .thenApply(done -> new Answer.Appended(
                        done.leader(), done.firstOffset(), done.count(), done.duplicate()));
    }

    private CompletableFuture<Answer> howFar(Question.HowFar ask) {
        LeaderRole leading = node.roles().leading();
        if (leading != null && ask.epoch() > leading.epoch()) {
            node.succession().deposed(ask.epoch(), ask.asker() + " is at epoch " + ask.epoch());
        }
        Identity self = node.identity();
        return CompletableFuture.completedFuture(new Answer.Progress(
                self.self(),
                self.epoch(),
                self.seenVersion(),
                node.roles().leading() != null,
                LogLength.ends(node.context().store()),
                node.members().known()));
    }

    private CompletableFuture<Answer.ReadUpTo> readIndex(Question.ReadIndex read) {
        ReadBarrier barrier = node.roles().barrier();
        Optional<TopicLog> log = node.context().store().findTopic(read.topic());
        LeaderRole leading = node.roles().leading();
        if (barrier == null || leading == null) {
            return CompletableFuture.failedFuture(node.forwarder().notLeader());
        }
        if (log.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new StorageException.UnknownTopic(read.topic().toString()));
        }
        leading.rounds().shipNow(log.get());
        return barrier.await(log.get()).thenApply(end -> new Answer.ReadUpTo(leading.epoch(), end));
    }

    private CompletableFuture<Answer> continuation(Question.Continuation ask) {
        return node.context().callBlocking(() -> {
            if (ask.epoch() < node.identity().epoch()) {
                throw new PeerException(
                        "NOT_LEADER",
                        false,
                        "epoch " + node.identity().epoch() + " has begun",
                        null);
            }
            return new Answer.Batches(continuationOf(ask));
        });
    }

    private ByteBuffer continuationOf(Question.Continuation ask) {
        Optional<TopicLog> found = node.context().store().findTopic(ask.topic());
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

    /** Whether the asker's log is a prefix of this one. */
    private static boolean continues(TopicLog log, Question.Continuation ask) {
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
