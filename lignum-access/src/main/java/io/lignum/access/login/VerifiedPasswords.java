package io.lignum.access.login;

import io.lignum.record.Utf8;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Remembers for some minutes which passwords were right, since a check costs 10 ms of CPU time and
 * programs that use Basic send the password with each call. Keeps no password, only an HMAC under a
 * key that this process never shows. Bounded; any thread.
 */
final class VerifiedPasswords {

    private static final int MAX_ENTRIES = 10_000;
    private static final Duration VALID = Duration.ofMinutes(5);
    private static final String HMAC = "HmacSHA256";

    private final SecretKeySpec key;
    private final LongSupplier nanoClock;

    /** Guarded by this. Time of the check by HMAC, the oldest first. */
    private final Map<String, Long> verified = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_ENTRIES;
        }
    };

    VerifiedPasswords(LongSupplier nanoClock) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.key = new SecretKeySpec(random, HMAC);
        this.nanoClock = nanoClock;
    }

    /** @param version of the user; another password has another one */
    boolean contains(String user, String password, long version) {
        String name = name(user, password, version);
        synchronized (this) {
            long now = nanoClock.getAsLong();
            Long at = verified.get(name);
            if (at == null || now - at > VALID.toNanos()) {
                return false;
            }
            verified.put(name, now); // In use: it stays valid.
            return true;
        }
    }

    void add(String user, String password, long version) {
        String name = name(user, password, version);
        synchronized (this) {
            verified.remove(name);
            verified.put(name, nanoClock.getAsLong());
        }
    }

    /** The HMAC of all three. */
    String name(String user, String password, long version) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            mac.update(Utf8.encode(version + "\0" + user + "\0"));
            return Base64.getEncoder().encodeToString(mac.doFinal(Utf8.encode(password)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }
}
