package io.lignum.cluster.sim;

import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.cluster.peer.PeerService;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A request in progress. Guarded by the network's monitor; the future completes without it. */
final class MemoryAsk {

    final MemoryNode from;
    final String to;
    private final MemoryNetwork network;
    private final PeerRequest question;
    private final CompletableFuture<PeerResponse> answer = new CompletableFuture<>();

    /** The last response was sent; nothing follows. */
    private boolean over;

    MemoryAsk(MemoryNode from, String to, PeerRequest question) {
        this.from = from;
        this.network = from.network;
        this.to = to;
        this.question = question;
    }

    CompletableFuture<PeerResponse> answer() {
        return answer;
    }

    boolean isBetween(String key) {
        return from.key.equals(key) || to.equals(key);
    }

    void send(Duration timeout) {
        network.add(this);
        network.ticker.schedule(network.delay(from.key, to), this::arrive);
        network.ticker.schedule(
                timeout, () -> end(null, unreachable("no answer within " + timeout, true)));
    }

    private void arrive() {
        MemoryNode target;
        PeerService service;
        synchronized (network) {
            if (over || network.isCut(from.key, to)) {
                return; // Lost; the time-out reports it.
            }
            target = network.find(to);
            service = target == null ? null : target.service();
            network.tell(from.key, to, question);
        }
        if (target == null || service == null) {
            reply(null, unreachable("connection refused", false));
            return;
        }
        CompletableFuture<PeerResponse> given;
        try {
            given = service.answer(Copies.of(question));
        } catch (RuntimeException bug) {
            given = CompletableFuture.failedFuture(bug);
        }
        var unused = given.whenComplete((result, failure) -> {
            synchronized (network) {
                if (target.isAlive()) {
                    reply(result, failure == null ? null : asReceived(failure));
                }
            }
        });
    }

    private static PeerException asReceived(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        if (!(cause instanceof PeerException refusal)) {
            return new PeerException("INTERNAL", true, message(cause), cause);
        }
        PeerException copy =
                new PeerException(refusal.code(), refusal.isUnknown(), message(refusal), refusal);
        return refusal.limit().map(copy::withLimit).orElse(copy);
    }

    private static String message(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    private void reply(@Nullable PeerResponse result, @Nullable PeerException failure) {
        synchronized (network) {
            network.ticker.schedule(network.delay(to, from.key), () -> {
                synchronized (network) {
                    if (network.isCut(to, from.key)) {
                        return;
                    }
                }
                end(result == null ? null : Copies.of(result), failure);
            });
        }
    }

    private PeerException unreachable(String why, boolean unknown) {
        return new PeerException(PeerException.UNREACHABLE, unknown, to + ": " + why, null);
    }

    private void end(@Nullable PeerResponse result, @Nullable PeerException failure) {
        synchronized (network) {
            if (over) {
                return;
            }
            over = true;
            network.remove(this);
        }
        if (failure != null) {
            answer.completeExceptionally(failure);
        } else {
            answer.complete(result);
        }
    }

    /** The connection of the request broke, or its target has left. */
    void breakOff() {
        reply(null, unreachable("connection reset", true));
    }

    /** The caller has left. */
    void leave(boolean silently) {
        if (silently) {
            over = true;
            network.remove(this);
        } else {
            PeerException closed = unreachable("the network is closed here", true);
            network.ticker.schedule(Duration.ZERO, () -> end(null, closed));
        }
    }
}
