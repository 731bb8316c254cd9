package io.lignum.server.grpc;

import io.lignum.api.AddGrantRequest;
import io.lignum.api.ChangePasswordRequest;
import io.lignum.api.CheckAccessRequest;
import io.lignum.api.CheckAccessResponse;
import io.lignum.api.CreateTokenRequest;
import io.lignum.api.CreateTokenResponse;
import io.lignum.api.CreateUserRequest;
import io.lignum.api.DeleteTokenRequest;
import io.lignum.api.DeleteUserRequest;
import io.lignum.api.LignumSecurityGrpc;
import io.lignum.api.ListGrantsRequest;
import io.lignum.api.ListMissingGrantsRequest;
import io.lignum.api.ListTokensRequest;
import io.lignum.api.ListUsersRequest;
import io.lignum.api.RemoveGrantRequest;
import io.lignum.api.SecurityGrant;
import io.lignum.api.SecurityToken;
import io.lignum.api.SecurityUser;
import io.lignum.api.WhoAmIRequest;
import io.lignum.api.WhoAmIResponse;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The client of the security service, for the command line. Its methods throw {@link AdminFailure}.
 * Names, actions and resources are text, which the node checks: it may know more of them than this
 * release. One thread; blocks.
 */
public final class SecurityAdmin implements AutoCloseable {

    private final AdminChannel channel;

    private SecurityAdmin(AdminChannel channel) {
        this.channel = channel;
    }

    /**
     * Connects to a node at the first call.
     *
     * @throws IllegalArgumentException a file for TLS, or the credentials, cannot be used
     */
    public static SecurityAdmin of(AdminTarget target) {
        return new SecurityAdmin(AdminChannel.open(target));
    }

    /** A user, as listed. */
    public record UserEntry(String name, boolean hasPassword, Instant changed) {}

    /**
     * A token, as listed: without its secret.
     *
     * @param expires empty: it does not expire
     */
    public record TokenEntry(
            String id,
            String owner,
            String description,
            Instant created,
            Optional<Instant> expires) {}

    /** A token that was created, and its text, which contains the secret. */
    public record NewToken(TokenEntry entry, String text) {}

    /**
     * A grant, as listed.
     *
     * @param what a role, or actions joined by commas
     * @param resource empty: everything that the role concerns
     */
    public record GrantEntry(
            String principal, boolean deny, String what, Optional<String> resource) {}

    /** As whom the node knows the caller, with the caller's own grants. */
    public record CallerEntry(
            String principal,
            String method,
            String mode,
            boolean administrator,
            List<GrantEntry> grants) {}

    /** Calls that lacked a grant; the address is that of the last one. */
    public record MissingEntry(
            String principal,
            String action,
            String resource,
            long calls,
            Instant last,
            String address) {

        /** Whether the callers did not log in. */
        public boolean isAnonymous() {
            return principal.equals("user:anonymous");
        }
    }

    /** Whether something is allowed, and the grants that say so or deny it. */
    public record Decision(boolean allowed, List<GrantEntry> grants) {}

    public CallerEntry whoAmI() {
        WhoAmIResponse wire = call(stub -> stub.whoAmI(WhoAmIRequest.getDefaultInstance()));
        return new CallerEntry(
                wire.getPrincipal(),
                wire.getMethod(),
                wire.getMode(),
                wire.getAdministrator(),
                wire.getGrantList().stream().map(SecurityAdmin::grant).toList());
    }

    /** All users, sorted by name. */
    public List<UserEntry> users() {
        return call(stub -> stub.listUsers(ListUsersRequest.getDefaultInstance()))
                .getUserList()
                .stream()
                .map(SecurityAdmin::user)
                .toList();
    }

    /** Creates a user; without a password it logs in with tokens only. */
    public UserEntry createUser(String name, Optional<String> password) {
        CreateUserRequest.Builder request = CreateUserRequest.newBuilder().setName(name);
        password.ifPresent(request::setPassword);
        return user(call(stub -> stub.createUser(request.build())));
    }

    /** Replaces a user's password; without one it logs in with tokens only. */
    public UserEntry changePassword(String name, Optional<String> password) {
        ChangePasswordRequest.Builder request =
                ChangePasswordRequest.newBuilder().setName(name);
        password.ifPresent(request::setPassword);
        return user(call(stub -> stub.changePassword(request.build())));
    }

    public void deleteUser(String name) {
        call(stub ->
                stub.deleteUser(DeleteUserRequest.newBuilder().setName(name).build()));
    }

    /** The tokens of all users, or the caller's own. */
    public List<TokenEntry> tokens() {
        return call(stub -> stub.listTokens(ListTokensRequest.getDefaultInstance()))
                .getTokenList()
                .stream()
                .map(SecurityAdmin::token)
                .toList();
    }

    /**
     * Creates a token with which a program logs in as its owner.
     *
     * @param valid empty: the token is valid until it is deleted
     */
    public NewToken createToken(String owner, String description, Optional<Duration> valid) {
        CreateTokenRequest.Builder request =
                CreateTokenRequest.newBuilder().setOwner(owner).setDescription(description);
        valid.ifPresent(time -> request.setValidMs(time.toMillis()));
        CreateTokenResponse wire = call(stub -> stub.createToken(request.build()));
        return new NewToken(token(wire.getToken()), wire.getText());
    }

    public void deleteToken(String id) {
        call(stub -> stub.deleteToken(DeleteTokenRequest.newBuilder().setId(id).build()));
    }

    public List<GrantEntry> grants() {
        return call(stub -> stub.listGrants(ListGrantsRequest.getDefaultInstance()))
                .getGrantList()
                .stream()
                .map(SecurityAdmin::grant)
                .toList();
    }

    public void addGrant(GrantEntry grant) {
        call(stub ->
                stub.addGrant(AddGrantRequest.newBuilder().setGrant(wire(grant)).build()));
    }

    public void removeGrant(GrantEntry grant) {
        call(stub -> stub.removeGrant(
                RemoveGrantRequest.newBuilder().setGrant(wire(grant)).build()));
    }

    public Decision check(String principal, String action, String resource) {
        CheckAccessRequest request = CheckAccessRequest.newBuilder()
                .setPrincipal(principal)
                .setAction(action)
                .setResource(resource)
                .build();
        CheckAccessResponse wire = call(stub -> stub.checkAccess(request));
        return new Decision(
                wire.getAllowed(),
                wire.getGrantList().stream().map(SecurityAdmin::grant).toList());
    }

    /** What the node served in mode observe, and would refuse in mode on. */
    public List<MissingEntry> missing() {
        return call(stub -> stub.listMissingGrants(ListMissingGrantsRequest.getDefaultInstance()))
                .getGrantList()
                .stream()
                .map(wire -> new MissingEntry(
                        wire.getPrincipal(),
                        wire.getAction(),
                        wire.getResource(),
                        wire.getCalls(),
                        Instant.ofEpochMilli(wire.getLastMs()),
                        wire.getAddress()))
                .toList();
    }

    private static UserEntry user(SecurityUser wire) {
        return new UserEntry(
                wire.getName(), wire.getHasPassword(), Instant.ofEpochMilli(wire.getChangedMs()));
    }

    private static TokenEntry token(SecurityToken wire) {
        return new TokenEntry(
                wire.getId(),
                wire.getOwner(),
                wire.getDescription(),
                Instant.ofEpochMilli(wire.getCreatedMs()),
                wire.hasExpiresMs()
                        ? Optional.of(Instant.ofEpochMilli(wire.getExpiresMs()))
                        : Optional.empty());
    }

    private static GrantEntry grant(SecurityGrant wire) {
        return new GrantEntry(
                wire.getPrincipal(),
                wire.getDeny(),
                wire.getWhat(),
                Optional.of(wire.getResource()).filter(resource -> !resource.isEmpty()));
    }

    private static SecurityGrant wire(GrantEntry grant) {
        return SecurityGrant.newBuilder()
                .setPrincipal(grant.principal())
                .setDeny(grant.deny())
                .setWhat(grant.what())
                .setResource(grant.resource().orElse(""))
                .build();
    }

    private <A> A call(Function<LignumSecurityGrpc.LignumSecurityBlockingStub, A> call) {
        return channel.call(LignumSecurityGrpc::newBlockingStub, call);
    }

    @Override
    public void close() {
        channel.close();
    }
}
