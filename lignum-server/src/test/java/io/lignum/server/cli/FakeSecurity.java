package io.lignum.server.cli;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
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
import io.lignum.api.ErrorDetail;
import io.lignum.api.LignumSecurityGrpc;
import io.lignum.api.ListGrantsRequest;
import io.lignum.api.ListGrantsResponse;
import io.lignum.api.ListMissingGrantsRequest;
import io.lignum.api.ListMissingGrantsResponse;
import io.lignum.api.ListTokensRequest;
import io.lignum.api.ListTokensResponse;
import io.lignum.api.ListUsersRequest;
import io.lignum.api.ListUsersResponse;
import io.lignum.api.MissingGrant;
import io.lignum.api.RemoveGrantRequest;
import io.lignum.api.RemoveGrantResponse;
import io.lignum.api.SecurityGrant;
import io.lignum.api.SecurityToken;
import io.lignum.api.SecurityUser;
import io.lignum.api.WhoAmIRequest;
import io.lignum.api.WhoAmIResponse;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A security service on a real port that keeps what it is given, for tests of commands. Refuses
 * callers without the header {@code authorization}.
 */
final class FakeSecurity extends LignumSecurityGrpc.LignumSecurityImplBase
        implements AutoCloseable {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final Context.Key<String> CALLER = Context.key("authorization");

    /** Users and their passwords; empty: without one. */
    final Map<String, String> users = new TreeMap<>();

    final List<SecurityToken> tokens = new CopyOnWriteArrayList<>();
    final List<SecurityGrant> grants = new CopyOnWriteArrayList<>();

    private final Server server;

    FakeSecurity() throws IOException {
        server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .intercept(new Login())
                .addService(this)
                .build()
                .start();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    private static final class Login implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            String header = headers.get(AUTHORIZATION);
            if (header == null) {
                call.close(
                        Status.UNAUTHENTICATED,
                        details("NOT_AUTHENTICATED", "this node needs a login"));
                return new ServerCall.Listener<>() {};
            }
            return Contexts.interceptCall(
                    Context.current().withValue(CALLER, header), call, headers, next);
        }
    }

    private static Metadata details(String code, String message) {
        Metadata trailers = new Metadata();
        trailers.put(
                ProtoUtils.keyForProto(ErrorDetail.getDefaultInstance()),
                ErrorDetail.newBuilder()
                        .setCode(code)
                        .setMessage(message)
                        .setOutcome(ErrorDetail.Outcome.NOT_APPLIED)
                        .build());
        return trailers;
    }

    private static <T> void answer(StreamObserver<T> out, T answer) {
        out.onNext(answer);
        out.onCompleted();
    }

    private static void refuse(StreamObserver<?> out, String message) {
        out.onError(Status.FAILED_PRECONDITION.asRuntimeException(
                details("FAILED_PRECONDITION", message)));
    }

    private static SecurityUser user(String name, String password) {
        return SecurityUser.newBuilder()
                .setName(name)
                .setHasPassword(!password.isEmpty())
                .setChangedMs(1_800_000_000_000L)
                .build();
    }

    @Override
    public void whoAmI(WhoAmIRequest request, StreamObserver<WhoAmIResponse> out) {
        answer(
                out,
                WhoAmIResponse.newBuilder()
                        .setPrincipal("user:" + CALLER.get())
                        .setMethod("password")
                        .setMode("on")
                        .setAdministrator(true)
                        .addAllGrant(grants)
                        .build());
    }

    @Override
    public void listUsers(ListUsersRequest request, StreamObserver<ListUsersResponse> out) {
        ListUsersResponse.Builder all = ListUsersResponse.newBuilder();
        users.forEach((name, password) -> all.addUser(user(name, password)));
        answer(out, all.build());
    }

    @Override
    public void createUser(CreateUserRequest request, StreamObserver<SecurityUser> out) {
        if (users.putIfAbsent(request.getName(), request.getPassword()) != null) {
            refuse(out, "there is a user " + request.getName());
            return;
        }
        answer(out, user(request.getName(), request.getPassword()));
    }

    @Override
    public void changePassword(ChangePasswordRequest request, StreamObserver<SecurityUser> out) {
        users.put(request.getName(), request.getPassword());
        answer(out, user(request.getName(), request.getPassword()));
    }

    @Override
    public void deleteUser(DeleteUserRequest request, StreamObserver<DeleteUserResponse> out) {
        users.remove(request.getName());
        answer(out, DeleteUserResponse.getDefaultInstance());
    }

    @Override
    public void listTokens(ListTokensRequest request, StreamObserver<ListTokensResponse> out) {
        answer(out, ListTokensResponse.newBuilder().addAllToken(tokens).build());
    }

    @Override
    public void createToken(CreateTokenRequest request, StreamObserver<CreateTokenResponse> out) {
        SecurityToken.Builder token = SecurityToken.newBuilder()
                .setId("token-" + tokens.size())
                .setOwner(request.getOwner())
                .setDescription(request.getDescription())
                .setCreatedMs(1_800_000_000_000L);
        if (request.hasValidMs()) {
            token.setExpiresMs(token.getCreatedMs() + request.getValidMs());
        }
        tokens.add(token.build());
        answer(
                out,
                CreateTokenResponse.newBuilder()
                        .setToken(token)
                        .setText("lgn_secret")
                        .build());
    }

    @Override
    public void deleteToken(DeleteTokenRequest request, StreamObserver<DeleteTokenResponse> out) {
        tokens.removeIf(token -> token.getId().equals(request.getId()));
        answer(out, DeleteTokenResponse.getDefaultInstance());
    }

    @Override
    public void listGrants(ListGrantsRequest request, StreamObserver<ListGrantsResponse> out) {
        answer(out, ListGrantsResponse.newBuilder().addAllGrant(grants).build());
    }

    @Override
    public void addGrant(AddGrantRequest request, StreamObserver<AddGrantResponse> out) {
        grants.add(request.getGrant());
        answer(out, AddGrantResponse.getDefaultInstance());
    }

    @Override
    public void removeGrant(RemoveGrantRequest request, StreamObserver<RemoveGrantResponse> out) {
        if (!grants.remove(request.getGrant())) {
            refuse(out, "there is no such grant");
            return;
        }
        answer(out, RemoveGrantResponse.getDefaultInstance());
    }

    /** Knows nothing of roles: something is allowed if a grant has the same words. */
    @Override
    public void listMissingGrants(
            ListMissingGrantsRequest request, StreamObserver<ListMissingGrantsResponse> out) {
        answer(
                out,
                ListMissingGrantsResponse.newBuilder()
                        .addGrant(missing("user:shop", "write", "topic:orders"))
                        .addGrant(missing("user:anonymous", "read", "topic:orders"))
                        .addGrant(missing("cert:Bob's", "operate", "cluster"))
                        .addGrant(missing("user:shop", "create", "topic:orders"))
                        .build());
    }

    private static MissingGrant.Builder missing(String principal, String action, String resource) {
        return MissingGrant.newBuilder()
                .setPrincipal(principal)
                .setAction(action)
                .setResource(resource)
                .setCalls(3)
                .setLastMs(1_000)
                .setAddress("10.0.0.7");
    }

    @Override
    public void checkAccess(CheckAccessRequest request, StreamObserver<CheckAccessResponse> out) {
        List<SecurityGrant> same = grants.stream()
                .filter(grant -> grant.getPrincipal().equals(request.getPrincipal())
                        && grant.getWhat().equals(request.getAction())
                        && grant.getResource().equals(request.getResource()))
                .toList();
        answer(
                out,
                CheckAccessResponse.newBuilder()
                        .setAllowed(!same.isEmpty())
                        .addAllGrant(same)
                        .build());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
