package io.lignum.server.http;

import io.lignum.server.config.Limits;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.ServiceException;

import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.thread.Scheduler;

import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts connections and closes those whose request head arrives too slowly. A connection above the
 * limit gets an error for its first request and is then closed; without a request it is closed
 * after a short idle time. Far above the limit connections are closed immediately, since each one
 * needs a file descriptor. Jetty calls it for each connection, on any thread.
 */
final class ConnectionGuard implements Connection.Listener {

    private static final long TICK_MILLIS = 500;
    private static final long SURPLUS_IDLE_MILLIS = 1_000;

    private final Limits limits;
    private final int mostAnswered;
    private final Scheduler scheduler;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<Connection, Watch> watched = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    ConnectionGuard(Limits limits, Scheduler scheduler) {
        this.limits = limits;
        mostAnswered = limits.maxConnections() + Math.max(16, limits.maxConnections() / 8);
        this.scheduler = scheduler;
    }

    /** Observations of one connection. Only the tick changes them. */
    private static final class Watch {
        private final boolean surplus;
        private long messages;
        private OptionalLong inHeadSince = OptionalLong.empty();

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

    @Override
    public void onOpened(Connection connection) {
        int now = open.incrementAndGet();
        boolean surplus = now > limits.maxConnections();
        watched.put(connection, new Watch(surplus));
        if (now > mostAnswered) {
            connection.getEndPoint().close();
        } else if (surplus) {
            connection.getEndPoint().setIdleTimeout(SURPLUS_IDLE_MILLIS);
        }
    }

    @Override
    public void onClosed(Connection connection) {
        if (watched.remove(connection) != null) {
            open.decrementAndGet();
        }
    }

    int open() {
        return open.get();
    }

    /** @throws ServiceException the connection is above the limit */
    void check(Connection connection) {
        Watch watch = watched.get(connection);
        if (watch != null && watch.surplus) {
            throw ServiceException.overLimit(
                    ErrorCode.OVERLOADED,
                    "limits.max-connections",
                    limits.maxConnections(),
                    "too many connections");
        }
    }

    private void tick() {
        try {
            long now = System.nanoTime();
            watched.forEach((connection, watch) -> look(connection, watch, now));
        } finally {
            if (!stopped) {
                start();
            }
        }
    }

    /**
     * Closes a connection that began the head of a request and did not complete it in time, whether
     * bytes still arrive or not.
     */
    private void look(Connection connection, Watch watch, long now) {
        long messages = connection.getMessagesIn();
        if (messages != watch.messages || !isInHead(connection)) {
            watch.inHeadSince = OptionalLong.empty();
        } else if (watch.inHeadSince.isEmpty()) {
            watch.inHeadSince = OptionalLong.of(now);
        } else if (now - watch.inHeadSince.getAsLong()
                > limits.slowClientTimeout().toNanos()) {
            connection.getEndPoint().close();
        }
        watch.messages = messages;
    }

    /** Whether the connection has a part of a request's head. Jetty's parser state is volatile. */
    private static boolean isInHead(Connection connection) {
        if (!(connection instanceof HttpConnection http)) {
            return false;
        }
        HttpParser parser = http.getParser();
        return parser.inHeaderState() && !parser.isStart();
    }
}
