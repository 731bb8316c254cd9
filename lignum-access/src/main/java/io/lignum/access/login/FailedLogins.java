package io.lignum.access.login;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Counts failed logins by address and user, and by address alone, and says how long the next
 * attempt has to wait. Attempts of the same key wait one after the other, so that many at once are
 * no faster than a few. A user is never locked out: failures slow down logins from the same address
 * only. Bounded; any thread.
 */
final class FailedLogins {

    private static final int MAX_ENTRIES = 50_000;
    private static final Duration FORGET_AFTER = Duration.ofMinutes(15);
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);

    /** The longest time between two attempts, and the longest that an attempt waits. */
    private static final Duration MAX_DELAY = Duration.ofSeconds(30);

    private static final int IPV6_NETWORK_BYTES = 8;

    /** What an address may fail over all users, as a multiple of what it may for one. */
    private static final int USERS_FACTOR = 10;

    /**
     * Attempts of one key.
     *
     * @param nextNanos when the next attempt is checked
     * @param delayNanos what the last attempt added to that
     */
    private record Count(int attempts, long lastNanos, long nextNanos, long delayNanos) {}

    private final int free;
    private final LongSupplier nanoClock;

    /** Guarded by this. In the order of the last change; the first ones are forgotten first. */
    private final Map<String, Count> counts = new LinkedHashMap<>(16, 0.75f, true);

    /** @param free failures that cost no time */
    FailedLogins(int free, LongSupplier nanoClock) {
        this.free = free;
        this.nanoClock = nanoClock;
    }

    /**
     * Counts an attempt as failed until {@link #forgive} is called, and returns how long it must
     * wait before it is checked; empty: it is refused and not counted, since too many wait.
     */
    Optional<Duration> begin(InetAddress address, String user) {
        String ofAddress = network(address);
        return begin(Map.of(ofAddress + " " + user, free, ofAddress, free * USERS_FACTOR));
    }

    /**
     * The same for a token, which cannot be guessed: a program whose token has expired must not
     * slow down the logins of others at its address.
     */
    Optional<Duration> beginToken(InetAddress address) {
        return begin(Map.of(network(address) + " a token", free));
    }

    /** @param freeByKey what the attempt counts for, with the failures that cost no time */
    private synchronized Optional<Duration> begin(Map<String, Integer> freeByKey) {
        long now = nanoClock.getAsLong();
        long wait = freeByKey.keySet().stream()
                .mapToLong(key -> wait(key, now))
                .max()
                .orElseThrow();
        if (wait > MAX_DELAY.toNanos()) {
            return Optional.empty();
        }
        freeByKey.forEach((key, freeAttempts) -> count(key, now, freeAttempts));
        return Optional.of(Duration.ofNanos(wait));
    }

    private long wait(String key, long now) {
        Count count = counts.get(key);
        return count == null ? 0 : Math.max(0, count.nextNanos - now);
    }

    private void count(String key, long now, int freeAttempts) {
        Count before = counts.get(key);
        boolean isNew = before == null || now - before.lastNanos > FORGET_AFTER.toNanos();
        int attempts = before == null || isNew ? 1 : before.attempts + 1;
        long start = before == null || isNew ? now : Math.max(now, before.nextNanos);
        long delay = delay(attempts - freeAttempts);
        counts.put(key, new Count(attempts, now, start + delay, delay));
        if (counts.size() > MAX_ENTRIES) {
            Iterator<String> oldest = counts.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** The attempt did not fail: it and, for a success, all failures for this user do not count. */
    synchronized void forgive(InetAddress address, String user, boolean succeeded) {
        String ofAddress = network(address);
        String ofUser = ofAddress + " " + user;
        Count count = counts.get(ofUser);
        int forgiven = succeeded && count != null ? count.attempts : 1;
        forgive(ofUser, forgiven);
        forgive(ofAddress, forgiven);
    }

    private void forgive(String key, int attempts) {
        counts.computeIfPresent(
                key,
                (same, count) -> count.attempts <= attempts
                        ? null
                        : new Count(
                                count.attempts - attempts,
                                count.lastNanos,
                                count.nextNanos - count.delayNanos,
                                0));
    }

    /** Doubles with each failure. */
    private static long delay(int tooMany) {
        if (tooMany < 0) {
            return 0;
        }
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(tooMany, 10));
        return Math.min(delay.toNanos(), MAX_DELAY.toNanos());
    }

    /** The address, and of IPv6 only the network, of which one host may have all addresses. */
    private static String network(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet6Address) {
            bytes = Arrays.copyOf(bytes, IPV6_NETWORK_BYTES);
        }
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** The number of entries, for tests. */
    synchronized int size() {
        return counts.size();
    }
}
