package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.cluster.ClusterException.Leader;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.ServiceException;

import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether a write is forwarded to the leader, or the client redirected to it. The routes
 * for writes call it. Stateless; any thread.
 */
final class Forwarding {

    /** Name of the query parameter. */
    static final String PARAMETER = "forward";

    /** Header with the same meaning, for clients that cannot change the query. */
    private static final String HEADER = "Lignum-Forward";

    private Forwarding() {}

    static NotLeaderPolicy of(Context context, Query query) {
        List<String> headers = Collections.list(context.req().getHeaders(HEADER));
        if (headers.size() > 1) {
            throw ServiceException.invalid(HEADER, "the header " + HEADER + " is given twice");
        }
        String header = headers.isEmpty() ? null : headers.get(0);
        String parameter = query.text(PARAMETER);
        boolean byHeader = parse(HEADER, header);
        boolean byParameter = parse(PARAMETER, parameter);
        if (header != null && parameter != null && byHeader != byParameter) {
            throw ServiceException.invalid(
                    HEADER, "the header " + HEADER + " contradicts forward in the query");
        }
        return byHeader && byParameter ? NotLeaderPolicy.FORWARD : NotLeaderPolicy.REFUSE;
    }

    /** True if it is absent. */
    private static boolean parse(String name, @Nullable String given) {
        return switch (given == null ? "true" : given) {
            case "true" -> true;
            case "false" -> false;
            default -> throw ServiceException.invalid(name, name + " must be true or false");
        };
    }

    /**
     * The URL of the same request at the leader, if the leader is known and has an HTTP listener.
     * It has the scheme of this request, since all nodes have the same mode of TLS, or accept both.
     */
    static Optional<String> location(Context context, ServiceException error) {
        if (error.code() != ErrorCode.NOT_LEADER) {
            return Optional.empty();
        }
        String query = context.queryString();
        return error.leader()
                .map(Leader::address)
                .filter(address -> address.httpPort() > 0)
                .map(address -> scheme(context) + "://" + authority(address)
                        + context.req().getRequestURI()
                        + (query == null ? "" : "?" + query));
    }

    private static String scheme(Context context) {
        boolean secure = ServletContextRequest.getServletContextRequest(context.req())
                .getConnectionMetaData()
                .isSecure();
        return secure ? "https" : "http";
    }

    private static String authority(NodeAddress address) {
        String host = address.host().contains(":") ? "[" + address.host() + "]" : address.host();
        return host + ":" + address.httpPort();
    }
}
