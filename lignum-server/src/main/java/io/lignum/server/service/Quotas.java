package io.lignum.server.service;

import io.lignum.access.Identity.Method;
import io.lignum.access.Principal;
import io.lignum.server.access.AccessControl;
import io.lignum.server.access.Requester;
import io.lignum.server.config.QuotaConfig;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Slows down principals that send or receive more than their quota: answers to appends come later,
 * and reads begin later. Errors would make a client send more. Only a principal that is more than
 * {@link #MAX_DELAY} ahead is refused. Counts at this node, in modes with a login. Any thread;
 * never blocks.
 */
final class Quotas {

    /** How far a principal may be ahead of its quota. */
    static final Duration MAX_DELAY = Duration.ofSeconds(10);

    /** Principals that are counted singly; the counts of all are dropped above it. */
    private static final int MAX_PRINCIPALS = 10_000;

    private final QuotaConfig config;
    private final boolean isUsed;
    private final RequestFailures failures;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final Map<Principal, Throttle> produce = new ConcurrentHashMap<>();
    private final Map<Principal, Throttle> fetch = new ConcurrentHashMap<>();

    Quotas(
            QuotaConfig config,
            AccessControl access,
            RequestFailures failures,
            ScheduledExecutorService timer,
            LongSupplier nanoClock) {
        this.config = config;
        this.isUsed = access.mode().usesGrants() && !config.equals(QuotaConfig.NONE);
        this.failures = failures;
        this.timer = timer;
        this.nanoClock = nanoClock;
    }

    private boolean isFree(Requester requester, OptionalLong rate) {
        return !isUsed
                || rate.isEmpty()
                || requester.identity().method() == Method.IN_PROCESS
                || requester.identity().principal().isUnrestricted();
    }

    private Throttle throttle(
            Map<Principal, Throttle> throttles, Requester requester, OptionalLong rate) {
        if (throttles.size() > MAX_PRINCIPALS) {
            throttles.clear();
        }
        return throttles.computeIfAbsent(
                requester.identity().principal(),
                principal -> new Throttle(rate.orElseThrow(), nanoClock));
    }

    /**
     * Counts bytes that a requester appends; returns how long the answer must wait.
     *
     * @throws ServiceException OVERLOADED: the requester is too far ahead; nothing was counted
     */
    Duration produced(Requester requester, long bytes) {
        OptionalLong rate = config.produceBytes();
        if (isFree(requester, rate)) {
            return Duration.ZERO;
        }
        Throttle throttle = throttle(produce, requester, rate);
        refuseIfAhead(throttle, requester, "quota.produce-bytes-per-second", rate);
        return throttle.take(bytes);
    }

    /** Counts bytes that a requester was sent. */
    void fetched(Requester requester, long bytes) {
        OptionalLong rate = config.fetchBytes();
        if (!isFree(requester, rate)) {
            var unused = throttle(fetch, requester, rate).take(bytes);
        }
    }

    /** Whether reads are counted for this requester. */
    boolean countsReads(Requester requester) {
        return !isFree(requester, config.fetchBytes());
    }

    /** Completes when the requester may read on. */
    CompletableFuture<Void> awaitRead(Requester requester) {
        if (isFree(requester, config.fetchBytes())) {
            return CompletableFuture.completedFuture(null);
        }
        Throttle throttle = throttle(fetch, requester, config.fetchBytes());
        return after(throttle.delay(), CompletableFuture.completedFuture(null));
    }

    private static void refuseIfAhead(
            Throttle throttle, Requester requester, String key, OptionalLong rate) {
        if (throttle.delay().compareTo(MAX_DELAY) > 0) {
            throw ServiceException.overLimit(
                    ErrorCode.OVERLOADED,
                    key,
                    rate.orElseThrow(),
                    requester.identity().principal() + " sends faster than its quota");
        }
    }

    /** The same result, at the earliest after the delay. */
    <T> CompletableFuture<T> after(Duration delay, CompletableFuture<T> result) {
        if (delay.isZero()) {
            return result;
        }
        CompletableFuture<Void> pause = new CompletableFuture<>();
        try {
            var unused = timer.schedule(
                    () -> pause.complete(null), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException stopping) {
            return result;
        }
        CompletableFuture<T> later = new CompletableFuture<>();
        failures.whenDone(
                pause,
                (done, ended) -> failures.whenDone(result, (value, error) -> {
                    if (error == null) {
                        later.complete(value);
                    } else {
                        later.completeExceptionally(error);
                    }
                }));
        return later;
    }
}
