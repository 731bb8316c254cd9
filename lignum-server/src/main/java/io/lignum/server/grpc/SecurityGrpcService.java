package io.lignum.server.grpc;

import io.grpc.stub.StreamObserver;
import io.lignum.api.AddGrantRequest;
import io.lignum.api.AddGrantResponse;
import io.lignum.api.ChangePasswordRequest;
import io.lignum.api.CheckAccessRequest;
import io.lignum.api.CheckAccessResponse;
import io.lignum.api.CreateTokenRequest;
import io.lignum.api.CreateTokenResponse;
import io.lignum.api.CreateUserRequest;
import io.lignum.api.DeleteTokenRequest;
import io.lignum.api.DeleteTokenResponse;
import io.lignum.api.DeleteUserRequest;
import io.lignum.api.DeleteUserResponse;
import io.lignum.api.LignumSecurityGrpc;
import io.lignum.api.ListGrantsRequest;
import io.lignum.api.ListGrantsResponse;
import io.lignum.api.ListMissingGrantsRequest;
import io.lignum.api.ListMissingGrantsResponse;
import io.lignum.api.ListTokensRequest;
import io.lignum.api.ListTokensResponse;
import io.lignum.api.ListUsersRequest;
import io.lignum.api.ListUsersResponse;
import io.lignum.api.RemoveGrantRequest;
import io.lignum.api.RemoveGrantResponse;
import io.lignum.api.SecurityUser;
import io.lignum.api.WhoAmIRequest;
import io.lignum.api.WhoAmIResponse;
import io.lignum.server.service.SecurityArguments;
import io.lignum.server.service.SecurityService;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The gRPC service for users, tokens and grants. gRPC calls it on the pool of calls; changes run on
 * a file thread, because the hash of a password takes some time.
 */
final class SecurityGrpcService extends LignumSecurityGrpc.LignumSecurityImplBase {

    private final UnaryCalls calls;

    SecurityGrpcService(GrpcThreads threads) {
        this.calls = new UnaryCalls(threads, WireErrors::of);
    }

    private static SecurityService security() {
        return CallSession.current().security();
    }

    @Override
    public void whoAmI(WhoAmIRequest request, StreamObserver<WhoAmIResponse> out) {
        SecurityService security = security();
        calls.now(out, () -> WireSecurity.whoAmI(security.whoAmI()));
    }

    @Override
    public void listUsers(ListUsersRequest request, StreamObserver<ListUsersResponse> out) {
        SecurityService security = security();
        calls.now(out, () -> {
            ListUsersResponse.Builder list = ListUsersResponse.newBuilder();
            security.users().forEach(user -> list.addUser(WireSecurity.user(user)));
            return list.build();
        });
    }

    @Override
    public void createUser(CreateUserRequest request, StreamObserver<SecurityUser> out) {
        Optional<String> password =
                request.hasPassword() ? Optional.of(request.getPassword()) : Optional.empty();
        change(
                out,
                security -> security.createUser(request.getName(), password),
                WireSecurity::user);
    }

    @Override
    public void changePassword(ChangePasswordRequest request, StreamObserver<SecurityUser> out) {
        Optional<String> password =
                request.hasPassword() ? Optional.of(request.getPassword()) : Optional.empty();
        change(
                out,
                security -> security.changePassword(request.getName(), password),
                WireSecurity::user);
    }

    @Override
    public void deleteUser(DeleteUserRequest request, StreamObserver<DeleteUserResponse> out) {
        change(
                out,
                security -> security.deleteUser(request.getName()),
                done -> DeleteUserResponse.getDefaultInstance());
    }

    @Override
    public void listTokens(ListTokensRequest request, StreamObserver<ListTokensResponse> out) {
        SecurityService security = security();
        calls.now(out, () -> {
            ListTokensResponse.Builder list = ListTokensResponse.newBuilder();
            security.tokens().forEach(token -> list.addToken(WireSecurity.token(token)));
            return list.build();
        });
    }

    @Override
    public void createToken(CreateTokenRequest request, StreamObserver<CreateTokenResponse> out) {
        Optional<Duration> valid = request.hasValidMs()
                ? Optional.of(Duration.ofMillis(request.getValidMs()))
                : Optional.empty();
        change(
                out,
                security ->
                        security.createToken(request.getOwner(), request.getDescription(), valid),
                created -> CreateTokenResponse.newBuilder()
                        .setToken(WireSecurity.token(created.token()))
                        .setText(created.text().text())
                        .build());
    }

    @Override
    public void deleteToken(DeleteTokenRequest request, StreamObserver<DeleteTokenResponse> out) {
        change(
                out,
                security -> security.deleteToken(request.getId()),
                done -> DeleteTokenResponse.getDefaultInstance());
    }

    @Override
    public void listGrants(ListGrantsRequest request, StreamObserver<ListGrantsResponse> out) {
        SecurityService security = security();
        calls.now(out, () -> {
            ListGrantsResponse.Builder list = ListGrantsResponse.newBuilder();
            security.grants().forEach(grant -> list.addGrant(WireSecurity.grant(grant)));
            return list.build();
        });
    }

    @Override
    public void addGrant(AddGrantRequest request, StreamObserver<AddGrantResponse> out) {
        change(
                out,
                security -> security.grant(WireSecurity.grant(request.getGrant())),
                done -> AddGrantResponse.getDefaultInstance());
    }

    @Override
    public void removeGrant(RemoveGrantRequest request, StreamObserver<RemoveGrantResponse> out) {
        change(
                out,
                security -> security.revoke(WireSecurity.grant(request.getGrant())),
                done -> RemoveGrantResponse.getDefaultInstance());
    }

    @Override
    public void checkAccess(CheckAccessRequest request, StreamObserver<CheckAccessResponse> out) {
        SecurityService security = security();
        calls.now(out, () -> {
            SecurityService.Decision decision = security.decide(
                    SecurityArguments.principal(request.getPrincipal()),
                    SecurityArguments.action(request.getAction()),
                    SecurityArguments.resource(request.getResource()));
            CheckAccessResponse.Builder response =
                    CheckAccessResponse.newBuilder().setAllowed(decision.isAllowed());
            decision.grants().forEach(grant -> response.addGrant(WireSecurity.grant(grant)));
            return response.build();
        });
    }

    @Override
    public void listMissingGrants(
            ListMissingGrantsRequest request, StreamObserver<ListMissingGrantsResponse> out) {
        SecurityService security = security();
        calls.now(out, () -> {
            ListMissingGrantsResponse.Builder list = ListMissingGrantsResponse.newBuilder();
            security.missing().forEach(grant -> list.addGrant(WireSecurity.missing(grant)));
            return list.build();
        });
    }

    private <F, A> void change(
            StreamObserver<A> out,
            Function<SecurityService, CompletableFuture<F>> change,
            Function<F, A> answer) {
        SecurityService security = security();
        calls.laterOnFiles(out, () -> change.apply(security), answer);
    }
}
