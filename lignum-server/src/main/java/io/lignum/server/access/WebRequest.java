package io.lignum.server.access;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The parts of an HTTP request by which a browser gives away that another site's page sends it.
 *
 * @param hosts each value that names the node, of the header Host or of the request's target, with
 *     its port
 * @param headers the values of a header by its name; empty: it is absent
 */
public record WebRequest(
        String method, String scheme, List<String> hosts, Function<String, List<String>> headers) {

    List<String> all(String header) {
        return headers.apply(header);
    }

    Optional<String> first(String header) {
        return all(header).stream().findFirst();
    }

    boolean changesNothing() {
        return method.equals("GET") || method.equals("HEAD");
    }
}
