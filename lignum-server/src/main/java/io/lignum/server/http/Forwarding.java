package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.cluster.ClusterException.Leader;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.ServiceException;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/** Decides whether a write is forwarded to the leader, or the client redirected to it. */
final class Forwarding {

    /** Name of the query parameter. */
    static final String PARAMETER = "forward";

    /** Header with the same meaning, for clients that cannot change the query. */
    private static final String HEADER = "Lignum-Forward";

    private Forwarding() {}

    static NotLeaderPolicy of(Context context, Query query) {
        String given = query.text(PARAMETER);
        if (given == null) {
            given = context.header(HEADER);
        }
        return given == null || parse(given) ? NotLeaderPolicy.FORWARD : NotLeaderPolicy.REFUSE;
    }

    private static boolean parse(@Nullable String given) {
        return switch (String.valueOf(given)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw ServiceException.invalid(PARAMETER, "forward must be true or false");
        };
    }

    /**
     * The URL of the same request at the leader, if the leader is known and has an HTTP listener.
     */
    static Optional<String> location(Context context, ServiceException error) {
        if (error.code() != ErrorCode.NOT_LEADER) {
            return Optional.empty();
        }
        String query = context.queryString();
        return error.leader()
                .map(Leader::address)
                .filter(address -> address.httpPort() > 0)
                .map(address -> "http://" + authority(address)
                        + context.req().getRequestURI()
                        + (query == null ? "" : "?" + query));
    }

    private static String authority(NodeAddress address) {
        String host = address.host().contains(":") ? "[" + address.host() + "]" : address.host();
        return host + ":" + address.httpPort();
    }
}
