package io.lignum.access.credential;

import io.lignum.record.Utf8;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * What a server keeps of a password (RFC 5802, section 3): it can check a password, and is of no
 * use for a login. Immutable; no code changes its arrays.
 *
 * @param iterations 4,096 to 1,000,000
 */
public record ScramCredential(
        ScramMechanism mechanism, byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {

    /** Fewer are too cheap to guess (RFC 7677). */
    public static final int MIN_ITERATIONS = 4_096;

    public static final int MAX_ITERATIONS = 1_000_000;

    /** Iterations for new passwords: the most that Kafka's tools accept. */
    public static final int ITERATIONS = 16_384;

    private static final int SALT_BYTES = 16;
    private static final int MAX_SALT_BYTES = 64;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] CLIENT_KEY = Utf8.encode("Client Key");
    private static final byte[] SERVER_KEY = Utf8.encode("Server Key");

    /** @throws IllegalArgumentException a part has a size that the mechanism does not allow */
    public ScramCredential {
        if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
            throw new IllegalArgumentException("iterations must be " + MIN_ITERATIONS + " to "
                    + MAX_ITERATIONS + ", not " + iterations);
        }
        if (salt.length < 1
                || salt.length > MAX_SALT_BYTES
                || storedKey.length != mechanism.keyBytes()
                || serverKey.length != mechanism.keyBytes()) {
            throw new IllegalArgumentException("a salt or key of a " + mechanism.saslName()
                    + " credential has the wrong length");
        }
    }

    /** What is kept of a new password: one for each mechanism. Takes about 20 ms. */
    public static List<ScramCredential> allOf(String password) {
        return Arrays.stream(ScramMechanism.values())
                .map(mechanism -> of(mechanism, password))
                .toList();
    }

    /** Takes about 10 ms. */
    public static ScramCredential of(ScramMechanism mechanism, String password) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return of(mechanism, password, salt, ITERATIONS);
    }

    static ScramCredential of(
            ScramMechanism mechanism, String password, byte[] salt, int iterations) {
        byte[] salted = mechanism.saltedPassword(password, salt, iterations);
        return new ScramCredential(
                mechanism,
                salt,
                iterations,
                mechanism.hash(mechanism.hmac(salted, CLIENT_KEY)),
                mechanism.hmac(salted, SERVER_KEY));
    }

    /** Whether this is the password. Takes about 10 ms, also if it is not. */
    public boolean matches(String password) {
        byte[] salted = mechanism.saltedPassword(password, salt, iterations);
        byte[] key = mechanism.hash(mechanism.hmac(salted, CLIENT_KEY));
        return MessageDigest.isEqual(key, storedKey);
    }

    @Override
    public String toString() {
        return mechanism.saslName() + " with " + iterations + " iterations";
    }
}
