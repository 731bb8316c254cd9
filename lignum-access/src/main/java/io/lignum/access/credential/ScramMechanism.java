package io.lignum.access.credential;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The SCRAM mechanisms (RFC 5802, RFC 7677), with the functions that the RFC names. Any thread. */
public enum ScramMechanism {
    SHA_256("SCRAM-SHA-256", "SHA-256", "HmacSHA256", "PBKDF2WithHmacSHA256", 32),
    SHA_512("SCRAM-SHA-512", "SHA-512", "HmacSHA512", "PBKDF2WithHmacSHA512", 64);

    private final String saslName;
    private final String hash;
    private final String hmac;
    private final String keyDerivation;
    private final int bytes;

    ScramMechanism(String saslName, String hash, String hmac, String keyDerivation, int bytes) {
        this.saslName = saslName;
        this.hash = hash;
        this.hmac = hmac;
        this.keyDerivation = keyDerivation;
        this.bytes = bytes;
    }

    /** As registered for SASL: {@code SCRAM-SHA-256}. */
    public String saslName() {
        return saslName;
    }

    public static Optional<ScramMechanism> of(String saslName) {
        return Arrays.stream(values())
                .filter(mechanism -> mechanism.saslName.equals(saslName))
                .findFirst();
    }

    /** The number of bytes of a key. */
    int keyBytes() {
        return bytes;
    }

    /** Hi of the RFC, which is PBKDF2. Takes milliseconds, by design. */
    byte[] saltedPassword(String password, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, bytes * 8);
        try {
            return SecretKeyFactory.getInstance(keyDerivation)
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + keyDerivation, e);
        } finally {
            spec.clearPassword();
        }
    }

    byte[] hmac(byte[] key, byte[] text) {
        try {
            Mac mac = Mac.getInstance(hmac);
            mac.init(new SecretKeySpec(key, hmac));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + hmac, e);
        }
    }

    byte[] hash(byte[] text) {
        try {
            return MessageDigest.getInstance(hash).digest(text);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + hash, e);
        }
    }
}
