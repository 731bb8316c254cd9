package io.lignum.server.service;

import io.lignum.server.config.Limits;
import io.lignum.storage.EpochEnd;
import io.lignum.storage.TopicLog;

import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Waits until a read's condition holds, or fails if it never will. Nothing blocks. */
final class ReadDemandWaits {

    private final NodeState state;
    private final TopicRequests topics;
    private final Waiters waiters;
    private final RequestFailures failures;
    private final Limits limits;

    ReadDemandWaits(
            NodeState state,
            TopicRequests topics,
            Waiters waiters,
            RequestFailures failures,
            Limits limits) {
        this.state = state;
        this.topics = topics;
        this.waiters = waiters;
        this.failures = failures;
        this.limits = limits;
    }

    /**
     * Completes without a value, or with a ServiceException; cancel it to stop waiting.
     *
     * @param from first offset of the read
     */
    CompletableFuture<Void> await(String topic, long from, ReadDemand demand) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        long least = demand.minHw().orElse(0);
        if (least > 0 && state.membership().isClustered() && !topics.isThere(topic)) {
            // The reader has seen the topic, so this node is about to get it.
            then(
                    waiters.until(
                            () -> topics.isThere(topic),
                            limits.maxWait(),
                            () -> ServiceException.refused(
                                    ErrorCode.NOT_CAUGHT_UP,
                                    "this node does not have topic " + topic + " yet")),
                    ready,
                    there -> await(topics.existing(topic), from, demand, ready));
        } else {
            await(topics.existing(topic), from, demand, ready);
        }
        return ready;
    }

    private void await(TopicLog log, long from, ReadDemand demand, CompletableFuture<Void> ready) {
        if (demand.lastEpoch().isPresent()) {
            checkHistory(log, from, demand.lastEpoch().getAsInt());
        }
        long least = demand.minHw().orElse(0);
        switch (demand.level()) {
            case COMMITTED -> reach(log, least, ready);
            case LINEARIZABLE ->
                then(
                        state.writes().readIndex(log),
                        ready,
                        index -> reach(log, Math.max(index, least), ready));
        }
    }

    private void reach(TopicLog log, long end, CompletableFuture<Void> ready) {
        if (log.readableEndOffset() >= end) {
            ready.complete(null);
            return;
        }
        then(waiters.await(log, end - 1, limits.maxWait()), ready, reached -> {
            if (reached < end) {
                throw ServiceException.refused(
                        ErrorCode.NOT_CAUGHT_UP,
                        "topic " + log.name() + " can be read up to " + reached
                                + " on this node, and not yet up to " + end);
            }
            ready.complete(null);
        });
    }

    /**
     * If the whole wait ends, ends the step too, so that nothing waits for a reader that has left.
     */
    private <T> void then(
            CompletableFuture<T> step, CompletableFuture<Void> whole, Consumer<T> next) {
        failures.whenDone(whole, (done, error) -> step.cancel(false));
        failures.whenDone(step, (value, error) -> {
            try {
                if (error != null) {
                    throw ServiceException.of(error);
                }
                next.accept(value);
            } catch (Throwable e) { // The waiting caller answers with it.
                whole.completeExceptionally(ServiceException.of(e));
            }
        });
    }

    // Only a log with a batch of a later epoch contains everything of this epoch. Until then a
    // reader may be ahead of a follower, whose log will get what the reader received from another
    // node (R23).
    private static void checkHistory(TopicLog log, long from, int epoch) {
        OptionalInt last = log.lastEpoch();
        if (from == 0 || last.isEmpty() || last.getAsInt() <= epoch) {
            return;
        }
        EpochEnd end = log.epochEnd(epoch);
        boolean trimmed = from <= log.logStartOffset();
        if (!trimmed && (end.epoch() < epoch || end.endOffset() < from)) {
            throw ServiceException.truncated(
                    "the message before offset " + from + " of topic " + log.name()
                            + " is not the one of epoch " + epoch
                            + " any more: epoch " + end.epoch() + " of the log ends at "
                            + end.endOffset(),
                    end);
        }
    }
}
