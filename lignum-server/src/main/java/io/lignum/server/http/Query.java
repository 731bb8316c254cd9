package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.server.service.ServiceException;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * The query parameters of a request. Parameters that the route does not know are errors. Each route
 * creates one, on the thread of the request.
 */
final class Query {

    private final Context context;

    private Query(Context context) {
        this.context = context;
    }

    static Query of(Context context, Set<String> known) {
        String raw = context.queryString();
        if (raw != null) {
            QueryText.requireUtf8(raw);
            for (Map.Entry<String, List<String>> given : context.queryParamMap().entrySet()) {
                if (given.getValue().size() > 1) {
                    throw ServiceException.invalid(
                            given.getKey(), given.getKey() + " is given twice in the query");
                }
                if (!known.contains(given.getKey())) {
                    throw ServiceException.invalid(
                            given.getKey(),
                            "unknown query parameter " + given.getKey() + "; "
                                    + (known.isEmpty()
                                            ? "this call has none"
                                            : "known are "
                                                    + String.join(", ", new TreeSet<>(known))));
                }
            }
        }
        return new Query(context);
    }

    boolean has(String name) {
        return text(name) != null;
    }

    @Nullable
    String text(String name) {
        return context.queryString() == null ? null : context.queryParam(name);
    }

    String text(String name, String absent) {
        String given = text(name);
        return given == null ? absent : given;
    }

    /** An integer from 0 to 2^64-1, as the bits of a long. */
    long unsigned(String name, long absent) {
        String given = text(name);
        return given == null ? absent : JsonErrors.parseUnsigned(name, given);
    }

    OptionalLong number(String name) {
        String given = text(name);
        return given == null
                ? OptionalLong.empty()
                : OptionalLong.of(JsonErrors.parse(name, given));
    }

    /** An integer; values above 2^31-1 count as 2^31-1. */
    int bound(String name, int absent) {
        OptionalLong given = number(name);
        return given.isPresent() ? (int) Math.min(given.getAsLong(), Integer.MAX_VALUE) : absent;
    }

    /** False if it is absent. */
    boolean flag(String name) {
        return switch (text(name, "false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw ServiceException.invalid(name, name + " must be true or false");
        };
    }

    /** Whether the client wants data as base64. */
    boolean base64() {
        return switch (text("encoding", "text")) {
            case "text" -> false;
            case "base64" -> true;
            default ->
                throw ServiceException.invalid("encoding", "encoding must be text or base64");
        };
    }
}
