package io.lignum.server.http;

import io.lignum.server.access.Authorizer;
import io.lignum.server.access.Caller;
import io.lignum.server.access.Operation;
import io.lignum.server.access.Refusal;
import io.lignum.server.access.WebRequest;
import io.lignum.server.http.Routes.Route;
import io.lignum.server.service.ServiceException;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Asks the authorizer about each request, and forbids browsers to expose responses to pages of
 * other sites. Any thread.
 */
final class HttpAccess {

    private record Templated(String method, Pattern path, Operation operation) {}

    private final Authorizer authorizer;

    /** Operations by method and path, for routes without path parameters. */
    private final Map<String, Operation> plain = new HashMap<>();

    private final List<Templated> templated = new ArrayList<>();

    HttpAccess(Authorizer authorizer, List<Route> routes) {
        this.authorizer = authorizer;
        for (Route route : routes) {
            String method = route.method().name();
            if (route.path().contains("{")) {
                Pattern path = Pattern.compile(route.path().replaceAll("\\{[^}]+}", "[^/]+"));
                templated.add(new Templated(method, path, route.operation()));
            } else {
                plain.put(method + " " + route.path(), route.operation());
            }
        }
    }

    /** @throws ServiceException the request is refused; the message says why */
    void check(Request request) {
        HttpFields headers = request.getHeaders();
        Caller caller = Caller.of(
                request.getConnectionMetaData().getRemoteSocketAddress(),
                request.getConnectionMetaData().getLocalSocketAddress(),
                headers::contains);
        WebRequest web = new WebRequest(
                request.getMethod(),
                request.getConnectionMetaData().isSecure() ? "https" : "http",
                hosts(request),
                headers::getValuesList);
        Optional<Refusal> refusal = authorizer.authorize(operation(request), caller, web);
        if (refusal.isPresent()) {
            throw ServiceException.refused(refusal.get());
        }
    }

    /**
     * Finds the operation by the path as sent, without decoding it, just like the router does. So
     * no other spelling of a path counts as public.
     */
    private Operation operation(Request request) {
        String method = request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
        String path = String.valueOf(request.getHttpURI().getPath());
        Operation known = plain.get(method + " " + path);
        if (known != null) {
            return known;
        }
        return templated.stream()
                .filter(route ->
                        route.method.equals(method) && route.path.matcher(path).matches())
                .findFirst()
                .map(Templated::operation)
                .orElse(Operation.NONE);
    }

    private static List<String> hosts(Request request) {
        List<String> hosts = new ArrayList<>(request.getHeaders().getValuesList(HttpHeader.HOST));
        String target = request.getHttpURI().getAuthority();
        if (target != null) {
            hosts.add(target);
        }
        return hosts;
    }

    /** Sets the headers that restrict browsers. Called for each response before it begins. */
    static void restrict(Request request, Response response) {
        response.getHeaders()
                .put("X-Content-Type-Options", "nosniff")
                .put("Referrer-Policy", "no-referrer")
                .put("Cross-Origin-Resource-Policy", "same-origin");
        if (String.valueOf(request.getHttpURI().getPath()).startsWith("/api/")) {
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        }
    }
}
