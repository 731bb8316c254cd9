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
 * Asks the authorizer about each request, and tells browsers what other sites' pages may do with
 * the answers: nothing. Any thread.
 */
final class HttpAccess {

    private record Templated(String method, Pattern path, Operation operation) {}

    private final Authorizer authorizer;

    /** By method and path, for routes whose path is always the same. */
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

    /** ServiceException says why the request is not served. */
    void check(Request request) {
        HttpFields headers = request.getHeaders();
        Caller caller = Caller.of(
                request.getConnectionMetaData().getRemoteSocketAddress(),
                request.getConnectionMetaData().getLocalSocketAddress(),
                headers::contains);
        WebRequest web = new WebRequest(
                request.getMethod(),
                String.valueOf(request.getHttpURI().getScheme()),
                hosts(request),
                headers::getValuesList);
        Optional<Refusal> refusal = authorizer.authorize(operation(request), caller, web);
        if (refusal.isPresent()) {
            throw ServiceException.refused(refusal.get());
        }
    }

    /**
     * The path as it was sent, as that is what routes are found by: no other spelling of a path is
     * public.
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

    /** For each answer, before it is begun. */
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
