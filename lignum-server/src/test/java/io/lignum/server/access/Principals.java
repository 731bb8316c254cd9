package io.lignum.server.access;

import io.lignum.access.Grant;
import io.lignum.access.Grant.Effect;
import io.lignum.access.Principal;
import io.lignum.access.credential.TokenText;
import io.lignum.server.LignumNode;
import io.lignum.server.security.RecoveryFile;
import io.lignum.server.service.SecurityService;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The principals of the {@link AuthorizationTable}, created on a node, and their headers. */
public final class Principals {

    public static final String PASSWORD = "a long enough password";

    private Principals() {}

    /**
     * Creates the users and returns the Authorization header of each principal; empty: without.
     *
     * @param directory of the node that is called
     */
    public static Map<String, String> create(LignumNode node, Path directory) {
        SecurityService security = node.session().security();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("anonymous", "");
        headers.put("newcomer", basic(user(security, "newcomer")));
        headers.put("reader", basic(user(security, "reader", "consumer", "topic:t*")));
        headers.put("writer", bearer(security, user(security, "writer", "producer", "topic:t*")));
        headers.put("operator", bearer(security, user(security, "operator", "operator", "")));
        headers.put("administrator", basic(user(security, "administrator", "admin", "")));
        TokenText recovery = TokenText.random();
        try {
            RecoveryFile.write(directory, recovery, Instant.now().plusSeconds(3_600));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        headers.put("recovery", "Bearer " + recovery.text());
        return headers;
    }

    /** Creates a user with {@link #PASSWORD}, and grants: what, resource, what, resource ... */
    public static String user(SecurityService security, String name, String... grants) {
        security.createUser(name, Optional.of(PASSWORD)).join();
        for (int i = 0; i < grants.length; i += 2) {
            security.grant(grant(name, grants[i], grants[i + 1])).join();
        }
        return name;
    }

    /** A grant for a user. */
    public static Grant grant(String user, String what, String resource) {
        return Grant.parse(
                Principal.user(user),
                Effect.ALLOW,
                what,
                resource.isEmpty() ? Optional.empty() : Optional.of(resource));
    }

    /** The header of a user with {@link #PASSWORD}. */
    public static String basic(String user) {
        return basic(user, PASSWORD);
    }

    /** The header of a user with a password. */
    public static String basic(String user, String password) {
        byte[] text = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(text);
    }

    /** The header of a new token of the user. */
    public static String bearer(SecurityService security, String user) {
        return "Bearer "
                + security.createToken(user, "for a test", Optional.empty())
                        .join()
                        .text()
                        .text();
    }
}
