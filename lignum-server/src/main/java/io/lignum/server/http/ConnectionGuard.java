package io.lignum.server.http;

import io.lignum.server.config.Limits;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.ServiceException;

import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.thread.Scheduler;

import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts connections and closes those whose TLS handshake or request head arrives too slowly. A
 * connection above the limit gets an error for its first request and is then closed; without a
 * request it is closed after a short idle time. Far above the limit connections are closed
 * immediately, since each one needs a file descriptor.
 *
 * <p>A connection is one socket, whatever layers Jetty puts on it. Sockets report their start and
 * end, Jetty the end of a handshake; any thread.
 */
final class ConnectionGuard implements SslHandshakeListener {

    private static final long TICK_MILLIS = 500;
    private static final long SURPLUS_IDLE_MILLIS = 1_000;

    private final Limits limits;
    private final int mostAnswered;
    private final Scheduler scheduler;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<EndPoint, Watch> watched = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    ConnectionGuard(Limits limits, Scheduler scheduler) {
        this.limits = limits;
        mostAnswered = limits.maxConnections() + Math.max(16, limits.maxConnections() / 8);
        this.scheduler = scheduler;
    }

    /** Observations of one connection. Only the tick changes them, except {@code secured}. */
    private static final class Watch {
        private final boolean surplus;
        private volatile boolean secured; // its handshake is complete
        private long messages;
        private OptionalLong arrivingSince = OptionalLong.empty();

        Watch(boolean surplus) {
            this.surplus = surplus;
        }
    }

    void start() {
        scheduler.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    void stop() {
        stopped = true;
    }

    void opened(EndPoint socket) {
        int now = open.incrementAndGet();
        boolean surplus = now > limits.maxConnections();
        watched.put(socket, new Watch(surplus));
        if (now > mostAnswered) {
            socket.close();
        } else if (surplus) {
            socket.setIdleTimeout(SURPLUS_IDLE_MILLIS);
        }
    }

    void closed(EndPoint socket) {
        if (watched.remove(socket) != null) {
            open.decrementAndGet();
        }
    }

    @Override
    public void handshakeSucceeded(Event event) {
        Watch watch = watched.get(socketOf(event.getEndPoint()));
        if (watch != null) {
            watch.secured = true;
        }
    }

    int open() {
        return open.get();
    }

    /** @throws ServiceException the connection is above the limit */
    void check(Connection connection) {
        Watch watch = watched.get(socketOf(connection.getEndPoint()));
        if (watch != null && watch.surplus) {
            throw ServiceException.overLimit(
                    ErrorCode.OVERLOADED,
                    "limits.max-connections",
                    limits.maxConnections(),
                    "too many connections");
        }
    }

    /** The socket below the layers of a connection. */
    static EndPoint socketOf(EndPoint endPoint) {
        EndPoint below = endPoint;
        while (below instanceof EndPoint.Wrapper layer) {
            below = layer.unwrap();
        }
        return below;
    }

    private void tick() {
        try {
            long now = System.nanoTime();
            watched.forEach((socket, watch) -> look(socket, watch, now));
        } finally {
            if (!stopped) {
                start();
            }
        }
    }

    /**
     * Closes a connection that began a handshake or the head of a request and did not complete it
     * in time, whether bytes still arrive or not.
     */
    private void look(EndPoint socket, Watch watch, long now) {
        Connection connection = socket.getConnection();
        if (connection instanceof SslConnection tls && watch.secured) {
            connection = tls.getSslEndPoint().getConnection();
        }
        if (connection == null) {
            return;
        }
        long messages = connection.getMessagesIn();
        if (messages != watch.messages || !isArriving(connection)) {
            watch.arrivingSince = OptionalLong.empty();
        } else if (watch.arrivingSince.isEmpty()) {
            watch.arrivingSince = OptionalLong.of(now);
        } else if (now - watch.arrivingSince.getAsLong()
                > limits.slowClientTimeout().toNanos()) {
            socket.close();
        }
        watch.messages = messages;
    }

    /**
     * Whether the connection has a part of a request's head, or has not completed its handshake.
     * Jetty's parser state is volatile.
     */
    private static boolean isArriving(Connection connection) {
        if (!(connection instanceof HttpConnection http)) {
            return true;
        }
        HttpParser parser = http.getParser();
        return parser.inHeaderState() && !parser.isStart();
    }
}
