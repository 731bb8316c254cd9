package io.lignum.server.grpc;

import io.lignum.access.Action;
import io.lignum.access.Grant;
import io.lignum.access.Grant.Effect;
import io.lignum.access.Principal;
import io.lignum.access.Resource;
import io.lignum.access.ResourcePattern;
import io.lignum.access.state.ApiToken;
import io.lignum.access.state.User;
import io.lignum.api.SecurityGrant;
import io.lignum.api.SecurityToken;
import io.lignum.api.SecurityUser;
import io.lignum.api.WhoAmIResponse;
import io.lignum.server.service.SecurityService;
import io.lignum.server.service.ServiceException;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Converts users, tokens and grants to messages of the wire, and back. Stateless; any thread. */
final class WireSecurity {

    private WireSecurity() {}

    static WhoAmIResponse whoAmI(SecurityService.WhoAmI known) {
        WhoAmIResponse.Builder response = WhoAmIResponse.newBuilder()
                .setPrincipal(known.identity().principal().toString())
                .setMethod(known.identity().method().name().toLowerCase(Locale.ROOT))
                .setMode(known.mode())
                .setAdministrator(known.isAdministrator());
        known.grants().forEach(grant -> response.addGrant(grant(grant)));
        return response.build();
    }

    static SecurityUser user(User user) {
        return SecurityUser.newBuilder()
                .setName(user.name())
                .setHasPassword(!user.credentials().isEmpty())
                .setChangedMs(user.changedMillis())
                .build();
    }

    static SecurityToken token(ApiToken token) {
        SecurityToken.Builder wire = SecurityToken.newBuilder()
                .setId(token.id())
                .setOwner(token.owner())
                .setDescription(token.description())
                .setCreatedMs(token.createdMillis());
        token.expiresMillis().ifPresent(wire::setExpiresMs);
        return wire.build();
    }

    static SecurityGrant grant(Grant grant) {
        return SecurityGrant.newBuilder()
                .setPrincipal(grant.principal().toString())
                .setDeny(grant.effect() == Effect.DENY)
                .setWhat(grant.what())
                .setResource(grant.resource().map(ResourcePattern::toString).orElse(""))
                .build();
    }

    /** @throws ServiceException the message names the field */
    static Grant grant(SecurityGrant wire) {
        Principal principal = principal(wire.getPrincipal());
        Optional<String> resource =
                wire.getResource().isEmpty() ? Optional.empty() : Optional.of(wire.getResource());
        return valid(
                "grant",
                () -> Grant.parse(
                        principal,
                        wire.getDeny() ? Effect.DENY : Effect.ALLOW,
                        wire.getWhat(),
                        resource));
    }

    /** @throws ServiceException the message names the field */
    static Principal principal(String text) {
        return valid("principal", () -> Principal.parse(text));
    }

    /** @throws ServiceException the message names the field */
    static Action action(String text) {
        return Arrays.stream(Action.values())
                .filter(action -> action.text().equals(text))
                .findFirst()
                .orElseThrow(() -> ServiceException.invalid(
                        "action", "'" + text + "' is no action, such as read or write"));
    }

    /** @throws ServiceException the message names the field */
    static Resource resource(String text) {
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
