package io.lignum.access.state;

import io.lignum.access.AccessRules;
import io.lignum.access.Grant;
import io.lignum.access.Identity;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Users, tokens and grants up to an offset of the security log. Immutable; any thread.
 *
 * @param version the offset after the last change that is included
 * @param users by name
 * @param tokens by id
 */
public record SecurityState(
        long version,
        Map<String, User> users,
        Map<String, ApiToken> tokens,
        List<Grant> grants,
        AccessRules rules) {

    /** Before the first change. */
    public static final SecurityState EMPTY =
            new SecurityState(0, Map.of(), Map.of(), List.of(), AccessRules.of(List.of()));

    static SecurityState of(
            long version,
            Map<String, User> users,
            Map<String, ApiToken> tokens,
            Collection<Grant> grants) {
        return new SecurityState(
                version,
                // Map.copyOf would probe many entries if names are numbered.
                Collections.unmodifiableMap(new HashMap<>(users)),
                Collections.unmodifiableMap(new HashMap<>(tokens)),
                List.copyOf(grants),
                AccessRules.of(grants));
    }

    public Optional<User> user(String name) {
        return Optional.ofNullable(users.get(name));
    }

    public Optional<ApiToken> token(String id) {
        return Optional.ofNullable(tokens.get(id));
    }

    /** Whether some user or certificate may change users and grants. */
    public boolean hasAdministrator() {
        return rules.principals().stream().anyMatch(rules::isAdministrator);
    }

    /** The users in the order of their names. */
    public Collection<User> sortedUsers() {
        return new TreeMap<>(users).values();
    }

    /** Whether there is a user. */
    public boolean hasUsers() {
        return !users.isEmpty();
    }

    /** The tokens in the order of their ids. */
    public Collection<ApiToken> sortedTokens() {
        return new TreeMap<>(tokens).values();
    }

    /** Whether what proved the identity is still valid. The clock is read only if it may end. */
    public boolean confirms(Identity identity, InstantSource clock) {
        Optional<Instant> until = identity.until();
        return (until.isEmpty() || clock.instant().isBefore(until.get()))
                && switch (identity.method()) {
                    case NONE, IN_PROCESS, CERTIFICATE, RECOVERY -> true;
                    case PASSWORD -> {
                        User user = users.get(identity.principal().name());
                        yield user != null && user.version() == identity.version();
                    }
                    case TOKEN -> tokens.containsKey(identity.credential());
                };
    }
}
