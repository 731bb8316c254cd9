package io.lignum.server.service;

import io.lignum.access.Identity.Method;
import io.lignum.access.Principal;
import io.lignum.server.access.AccessControl;
import io.lignum.server.access.Requester;
import io.lignum.server.config.QuotaConfig;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Slows down principals that send or receive more than their quota: answers to appends come later,
 * and reads begin later. Errors would make a client send more. Only a principal that is more than
 * {@link #MAX_DELAY} ahead is refused. Counts at this node, in modes with a login. Any thread;
 * never blocks.
 */
final class Quotas {

    /** How far a principal may be ahead of its quota. */
    static final Duration MAX_DELAY = Duration.ofSeconds(10);

    /** Answers of one principal that wait; they hold places that others need, too. */
    private static final int MAX_WAITING = 1_000;

    /** Principals that are counted singly; the counts of all are dropped above it. */
    private static final int MAX_PRINCIPALS = 10_000;

    private final QuotaConfig config;
    private final boolean isUsed;
    private final RequestFailures failures;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final Map<Principal, Throttle> produce = new ConcurrentHashMap<>();
    private final Map<Principal, Throttle> fetch = new ConcurrentHashMap<>();

    /** Answers to appends that wait, by principal. */
    private final Map<Principal, AtomicInteger> delayed = new ConcurrentHashMap<>();

    // Futures compare by identity.
    @SuppressWarnings("CollectionUndefinedEquality")
    private final Set<CompletableFuture<Void>> pauses = ConcurrentHashMap.newKeySet();

    private volatile boolean isEnding;

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
            delayed.values().removeIf(waiting -> waiting.get() == 0);
        }
        return throttles.computeIfAbsent(
                requester.identity().principal(),
                principal -> new Throttle(rate.orElseThrow(), nanoClock));
    }

    /**
     * Counts bytes that a requester appends, and appends them; the answer may come later.
     *
     * @throws ServiceException OVERLOADED: the requester is too far ahead; nothing was done
     */
    <T> CompletableFuture<T> produce(
            Requester requester, long bytes, Supplier<CompletableFuture<T>> append) {
        OptionalLong rate = config.produceBytes();
        if (isFree(requester, rate)) {
            return append.get();
        }
        Throttle throttle = throttle(produce, requester, rate);
        AtomicInteger waiting = delayed.computeIfAbsent(
                requester.identity().principal(), principal -> new AtomicInteger());
        if (throttle.delay().compareTo(MAX_DELAY) > 0 || waiting.get() >= MAX_WAITING) {
            throw tooFast(requester, "quota.produce-bytes-per-second", rate);
        }
        Duration delay = throttle.take(bytes);
        CompletableFuture<T> appended = append.get();
        if (delay.isZero()) {
            return appended;
        }
        waiting.incrementAndGet();
        CompletableFuture<T> later = after(delay, appended);
        failures.whenDone(later, (done, error) -> waiting.decrementAndGet());
        return later;
    }

    private static ServiceException tooFast(Requester requester, String key, OptionalLong rate) {
        return ServiceException.overLimit(
                ErrorCode.OVERLOADED,
                key,
                rate.orElseThrow(),
                requester.identity().principal() + " is too far ahead of its quota");
    }

    /** @throws ServiceException OVERLOADED: the requester is too far ahead */
    void checkRead(Requester requester) {
        OptionalLong rate = config.fetchBytes();
        if (!isFree(requester, rate)
                && throttle(fetch, requester, rate).delay().compareTo(MAX_DELAY) > 0) {
            throw tooFast(requester, "quota.fetch-bytes-per-second", rate);
        }
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

    /** The same result, at the earliest after the delay, or after {@link #MAX_DELAY}. */
    @SuppressWarnings("CollectionUndefinedEquality")
    private <T> CompletableFuture<T> after(Duration delay, CompletableFuture<T> result) {
        if (delay.isZero() || isEnding) {
            return result;
        }
        long nanos = Math.min(delay.toNanos(), MAX_DELAY.toNanos());
        CompletableFuture<Void> pause = new CompletableFuture<>();
        try {
            var unused = timer.schedule(() -> pause.complete(null), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException stopping) {
            return result;
        }
        pauses.add(pause);
        CompletableFuture<T> later = new CompletableFuture<>();
        failures.whenDone(pause, (done, ended) -> {
            pauses.remove(pause);
            failures.whenDone(result, (value, error) -> {
                if (error == null) {
                    later.complete(value);
                } else {
                    later.completeExceptionally(error);
                }
            });
        });
        if (isEnding) {
            pause.complete(null);
        }
        return later;
    }

    /** Ends all delays: the node stops, and answers what it has done. */
    void end() {
        isEnding = true;
        pauses.forEach(pause -> pause.complete(null));
    }
}
