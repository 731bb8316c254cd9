package io.lignum.access.state;

import io.lignum.access.credential.TokenText;

import java.time.Instant;
import java.util.Optional;

/**
 * A token, with which programs log in as its owner.
 *
 * @param id as in the token's text
 * @param hash of the secret
 * @param owner the user as whom the token's holder acts
 * @param description for people
 * @param expiresMillis in ms since the epoch; empty: never
 * @param createdMillis in ms since the epoch
 */
public record ApiToken(
        String id,
        byte[] hash,
        String owner,
        String description,
        Optional<Long> expiresMillis,
        long createdMillis) {

    /** Whether the text is this token, and the token is valid at this time. */
    public boolean isProvedBy(TokenText text, Instant now) {
        return text.hasHash(hash) && !isExpired(now);
    }

    /** Whether the token is no longer valid. */
    public boolean isExpired(Instant now) {
        return expiresMillis.filter(end -> end <= now.toEpochMilli()).isPresent();
    }

    /** When the token becomes invalid; empty: never. */
    public Optional<Instant> expires() {
        return expiresMillis.map(Instant::ofEpochMilli);
    }
}
