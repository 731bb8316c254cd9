package io.lignum.server.access;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The parts of an HTTP request that show whether a page of another site made the browser send it.
 *
 * @param hosts each value that names the node, from the Host header and the request's target, with
 *     its port
 * @param headers returns a header's value by its name; empty: it is absent
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
