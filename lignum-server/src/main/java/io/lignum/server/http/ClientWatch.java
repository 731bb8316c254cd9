package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.ServiceException;

import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

import java.util.concurrent.CompletableFuture;

/**
 * Ends the waits of a request whose client has left, so that they do not keep their places. A
 * client that ended only its own side, which looks the same, gets its answer early.
 */
final class ClientWatch {

    private final EndPoint connection;

    private ClientWatch(EndPoint connection) {
        this.connection = connection;
    }

    static ClientWatch of(Context context) {
        return new ClientWatch(ServletContextRequest.getServletContextRequest(context.req())
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint());
    }

    /** The wait for messages from {@code offset} on ends as if its time were over. */
    CompletableFuture<Long> untilReadable(CompletableFuture<Long> wait, long offset) {
        if (connection instanceof WatchedEndPoint watched && !wait.isDone()) {
            watched.watch(wait, () -> wait.complete(offset));
        }
        return wait;
    }

    CompletableFuture<Void> untilMet(CompletableFuture<Void> wait) {
        if (connection instanceof WatchedEndPoint watched && !wait.isDone()) {
            watched.watch(
                    wait,
                    () -> wait.completeExceptionally(ServiceException.refused(
                            ErrorCode.NOT_CAUGHT_UP,
                            "the client ended its side of the connection while the read waited")));
        }
        return wait;
    }
}
