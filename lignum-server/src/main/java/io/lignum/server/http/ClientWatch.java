package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.ServiceException;

import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

import java.util.concurrent.CompletableFuture;

/**
 * Ends a waiting request when its client disconnects, so that it does not keep counting against the
 * limits. A client that only shut down its sending side looks the same; it gets its response early.
 */
final class ClientWatch {

    private final EndPoint connection;

    private ClientWatch(EndPoint connection) {
        this.connection = connection;
    }

    static ClientWatch of(Context context) {
        return new ClientWatch(ConnectionGuard.socketOf(
                ServletContextRequest.getServletContextRequest(context.req())
                        .getConnectionMetaData()
                        .getConnection()
                        .getEndPoint()));
    }

    /** Completes the wait with {@code offset}, as a timeout would, when the client disconnects. */
    CompletableFuture<Long> untilReadable(CompletableFuture<Long> wait, long offset) {
        if (connection instanceof WatchedEndPoint watched && !wait.isDone()) {
            watched.watch(wait, () -> wait.complete(offset));
        }
        return wait;
    }

    CompletableFuture<Void> untilFresh(CompletableFuture<Void> wait) {
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
