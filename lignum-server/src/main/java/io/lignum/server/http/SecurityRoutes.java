package io.lignum.server.http;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.lignum.access.Grant;
import io.lignum.server.access.Operation;
import io.lignum.server.http.Routes.Route;
import io.lignum.server.service.SecurityArguments;
import io.lignum.server.service.SecurityService;
import io.lignum.server.service.ServiceException;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The calls about users, tokens and grants. Passwords come in the body only, and no answer has one.
 * Called on a thread of Jetty's pool; setting a password computes there for about 40 ms.
 */
final class SecurityRoutes {

    private final Answers answers;
    private final HttpExecutors work;

    SecurityRoutes(Answers answers, HttpExecutors work) {
        this.answers = answers;
        this.work = work;
    }

    List<Route> all() {
        return List.of(
                route(HandlerType.GET, "/api/whoami", this::whoAmI),
                route(HandlerType.GET, "/api/users", this::listUsers),
                route(HandlerType.PUT, "/api/users/{name}", this::createUser),
                route(HandlerType.DELETE, "/api/users/{name}", this::deleteUser),
                route(HandlerType.PUT, "/api/users/{name}/password", this::changePassword),
                route(HandlerType.GET, "/api/tokens", this::listTokens),
                route(HandlerType.POST, "/api/tokens", this::createToken),
                route(HandlerType.DELETE, "/api/tokens/{id}", this::deleteToken),
                route(HandlerType.GET, "/api/grants", this::listGrants),
                route(HandlerType.POST, "/api/grants", this::addGrant),
                route(HandlerType.DELETE, "/api/grants", this::removeGrant),
                route(HandlerType.GET, "/api/access/check", this::check),
                route(HandlerType.GET, "/api/access/missing", this::listMissing));
    }

    private static Route route(HandlerType method, String path, Handler handler) {
        return new Route(method, path, Operation.SECURE, handler);
    }

    private static SecurityService security(Context context) {
        return RequestSession.of(context).security();
    }

    private void whoAmI(Context context) {
        Query.of(context, Set.of());
        byte[] body = SecurityAnswers.whoAmI(security(context).whoAmI());
        context.future(() -> answers.json(context, body));
    }

    private void listUsers(Context context) {
        ListPart part = ListPart.of(Query.of(context, Set.of("from", "limit")));
        byte[] body = SecurityAnswers.page(
                "users", List.copyOf(security(context).users()), part, SecurityAnswers::user);
        context.future(() -> answers.json(context, body));
    }

    private void createUser(Context context) {
        Query.of(context, Set.of());
        Body body = Body.of(context);
        Optional<String> password = body.isEmpty()
                ? Optional.empty()
                : SecurityBody.parse(body, Set.of("password")).text("password");
        String name = context.pathParam("name");
        later(
                context,
                security(context).createUser(name, password),
                user -> Json.bytes(out -> SecurityAnswers.user(out, user)));
    }

    private void changePassword(Context context) {
        Query.of(context, Set.of());
        Optional<String> password =
                SecurityBody.parse(Body.of(context), Set.of("password")).given("password");
        String name = context.pathParam("name");
        later(
                context,
                security(context).changePassword(name, password),
                user -> Json.bytes(out -> SecurityAnswers.user(out, user)));
    }

    private void deleteUser(Context context) {
        Query.of(context, Set.of());
        String name = context.pathParam("name");
        later(
                context,
                security(context).deleteUser(name),
                done -> SecurityAnswers.deleted("user", "name", name));
    }

    private void listTokens(Context context) {
        Query query = Query.of(context, Set.of("owner", "from", "limit"));
        ListPart part = ListPart.of(query);
        Optional<String> owner = Optional.ofNullable(query.text("owner"));
        byte[] body = SecurityAnswers.page(
                "tokens",
                security(context).tokens().stream()
                        .filter(token -> owner.isEmpty() || owner.get().equals(token.owner()))
                        .toList(),
                part,
                SecurityAnswers::token);
        context.future(() -> answers.json(context, body));
    }

    private void createToken(Context context) {
        Query.of(context, Set.of());
        SecurityBody body = SecurityBody.parse(
                Body.of(context), Set.of("owner", "description", SecurityBody.VALID));
        Optional<Duration> valid = body.validMillis().isPresent()
                ? Optional.of(Duration.ofMillis(body.validMillis().getAsLong()))
                : Optional.empty();
        String description = body.text("description").orElse("");
        later(
                context,
                security(context).createToken(body.required("owner"), description, valid),
                created -> Json.bytes(out -> SecurityAnswers.token(
                        out, created.token(), Optional.of(created.text().text()))));
    }

    private void deleteToken(Context context) {
        Query.of(context, Set.of());
        String id = context.pathParam("id");
        later(
                context,
                security(context).deleteToken(id),
                done -> SecurityAnswers.deleted("token", "id", id));
    }

    private void listGrants(Context context) {
        Query query = Query.of(context, Set.of("principal", "from", "limit"));
        ListPart part = ListPart.of(query);
        Optional<String> principal = Optional.ofNullable(query.text("principal"));
        byte[] body = SecurityAnswers.page(
                "grants",
                security(context).grants().stream()
                        .filter(grant -> principal.isEmpty()
                                || principal.get().equals(grant.principal().toString()))
                        .toList(),
                part,
                SecurityAnswers::grant);
        context.future(() -> answers.json(context, body));
    }

    private void addGrant(Context context) {
        Query.of(context, Set.of());
        SecurityBody body = SecurityBody.parse(
                Body.of(context), Set.of("principal", "what", "effect", "resource"));
        Grant grant = SecurityArguments.grant(
                SecurityArguments.principal(body.required("principal")),
                isDenial(body.text("effect")),
                body.required("what"),
                body.text("resource"));
        later(
                context,
                security(context).grant(grant),
                done -> Json.bytes(out -> SecurityAnswers.grant(out, grant)));
    }

    private void removeGrant(Context context) {
        Query query = Query.of(context, Set.of("principal", "what", "effect", "resource"));
        Grant grant = SecurityArguments.grant(
                SecurityArguments.principal(required(query, "principal")),
                isDenial(Optional.ofNullable(query.text("effect"))),
                required(query, "what"),
                Optional.ofNullable(query.text("resource")));
        later(
                context,
                security(context).revoke(grant),
                done -> SecurityAnswers.deleted("grant", "grant", grant.shown()));
    }

    private void check(Context context) {
        Query query = Query.of(context, Set.of("principal", "action", "resource"));
        byte[] body = SecurityAnswers.decision(security(context)
                .decide(
                        SecurityArguments.principal(required(query, "principal")),
                        SecurityArguments.action(required(query, "action")),
                        SecurityArguments.resource(required(query, "resource"))));
        context.future(() -> answers.json(context, body));
    }

    private void listMissing(Context context) {
        ListPart part = ListPart.of(Query.of(context, Set.of("from", "limit")));
        byte[] body = SecurityAnswers.page(
                "missing", security(context).missing(), part, SecurityAnswers::missing);
        context.future(() -> answers.json(context, body));
    }

    private static boolean isDenial(Optional<String> effect) {
        return switch (effect.orElse("allow")) {
            case "allow" -> false;
            case "deny" -> true;
            default -> throw ServiceException.invalid("effect", "effect must be allow or deny");
        };
    }

    private static String required(Query query, String name) {
        String given = query.text(name);
        if (given == null) {
            throw ServiceException.invalid(name, "there is no \"" + name + "\" in the query");
        }
        return given;
    }

    private <T> void later(
            Context context, CompletableFuture<T> change, Function<T, byte[]> answer) {
        context.future(() -> work.answer(
                change,
                (done, error) -> error != null
                        ? answers.error(context, error)
                        : answers.json(context, answer.apply(done))));
    }
}
