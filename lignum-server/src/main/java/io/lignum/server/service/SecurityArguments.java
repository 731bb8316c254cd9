package io.lignum.server.service;

import io.lignum.access.Action;
import io.lignum.access.Grant;
import io.lignum.access.Grant.Effect;
import io.lignum.access.Principal;
import io.lignum.access.Resource;
import io.lignum.access.ResourcePattern;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Parses what callers of the {@link SecurityService} name as text. Each method throws a
 * {@link ServiceException} that names the field if the text is not valid. Stateless; any thread.
 */
public final class SecurityArguments {

    private SecurityArguments() {}

    /**
     * A grant.
     *
     * @param what a role, or actions joined by commas
     * @param resource empty: everything that the role concerns
     */
    public static Grant grant(
            Principal principal, boolean isDenial, String what, Optional<String> resource) {
        return valid(
                "grant",
                () -> Grant.parse(
                        principal, isDenial ? Effect.DENY : Effect.ALLOW, what, resource));
    }

    /** A principal that can have grants: {@code user:NAME} or {@code cert:NAME}. */
    public static Principal principal(String text) {
        return valid("principal", () -> Principal.parse(text));
    }

    /** A single action, such as {@code read}. */
    public static Action action(String text) {
        return Arrays.stream(Action.values())
                .filter(action -> action.text().equals(text))
                .findFirst()
                .orElseThrow(() -> ServiceException.invalid(
                        "action", "'" + text + "' is no action, such as read or write"));
    }

    /** A single resource: {@code topic:NAME}, {@code group:NAME} or {@code cluster}. */
    public static Resource resource(String text) {
        ResourcePattern pattern = valid("resource", () -> ResourcePattern.parse(text));
        if (pattern.isPrefix()) {
            throw ServiceException.invalid("resource", "name one resource, without a *");
        }
        return new Resource(pattern.type(), pattern.name());
    }

    private static <T> T valid(String field, Supplier<T> parse) {
        try {
            return parse.get();
        } catch (IllegalArgumentException e) {
            throw ServiceException.invalid(field, String.valueOf(e.getMessage()));
        }
    }
}
