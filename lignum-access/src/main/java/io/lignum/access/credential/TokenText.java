package io.lignum.access.credential;

import io.lignum.record.Utf8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An API token as its user holds it: {@code lgn_ID_SECRET}. The id names the token and is no
 * secret. The secret has 256 random bits, so that one hash of it can be stored: there is nothing to
 * guess.
 *
 * @param id 10 letters and digits
 * @param secret 43 characters of base64url
 */
public record TokenText(String id, String secret) {

    private static final String PREFIX = "lgn_";
    private static final int ID_LENGTH = 10;
    private static final int SECRET_BYTES = 32;
    private static final int SECRET_LENGTH = 43;
    private static final String ID_LETTERS = "abcdefghijkmnopqrstuvwxyz23456789";
    private static final Pattern TEXT = Pattern.compile(
            PREFIX + "[a-z0-9]{" + ID_LENGTH + "}_[A-Za-z0-9_-]{" + SECRET_LENGTH + "}");
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A new token. */
    public static TokenText random() {
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ID_LETTERS.charAt(RANDOM.nextInt(ID_LETTERS.length())));
        }
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        return new TokenText(
                id.toString(), Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    }

    /** Empty: the text is no token. */
    public static Optional<TokenText> parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            return Optional.empty();
        }
        int end = PREFIX.length() + ID_LENGTH;
        return Optional.of(
                new TokenText(text.substring(PREFIX.length(), end), text.substring(end + 1)));
    }

    /** The whole token, for the one who gets it. */
    public String text() {
        return PREFIX + id + "_" + secret;
    }

    /** What is stored instead of the secret: its SHA-256. */
    public byte[] hash() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(Utf8.encode(secret));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Compares in a time that does not depend on where the two differ. */
    public boolean hasHash(byte[] stored) {
        return MessageDigest.isEqual(hash(), stored);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return PREFIX + id + "_...";
    }
}
