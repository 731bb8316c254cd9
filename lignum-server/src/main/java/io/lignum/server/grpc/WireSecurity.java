package io.lignum.server.grpc;

import io.lignum.access.Grant;
import io.lignum.access.Grant.Effect;
import io.lignum.access.ResourcePattern;
import io.lignum.access.state.ApiToken;
import io.lignum.access.state.User;
import io.lignum.api.SecurityGrant;
import io.lignum.api.SecurityToken;
import io.lignum.api.SecurityUser;
import io.lignum.api.WhoAmIResponse;
import io.lignum.server.service.MissingGrant;
import io.lignum.server.service.SecurityArguments;
import io.lignum.server.service.SecurityService;
import io.lignum.server.service.ServiceException;

import java.util.Locale;
import java.util.Optional;

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

    static io.lignum.api.MissingGrant missing(MissingGrant missing) {
        return io.lignum.api.MissingGrant.newBuilder()
                .setPrincipal(missing.principal().toString())
                .setAction(missing.action().text())
                .setResource(missing.resource().toString())
                .setCalls(missing.calls())
                .setLastMs(missing.last().toEpochMilli())
                .setAddress(missing.address())
                .build();
    }

    /** @throws ServiceException the message names the field */
    static Grant grant(SecurityGrant wire) {
        return SecurityArguments.grant(
                SecurityArguments.principal(wire.getPrincipal()),
                wire.getDeny(),
                wire.getWhat(),
                wire.getResource().isEmpty() ? Optional.empty() : Optional.of(wire.getResource()));
    }
}
