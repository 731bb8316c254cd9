package io.lignum.server.http;

import io.lignum.record.IoErrors;

import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Accepts connections and creates those that notice when their client disconnects. While the
 * process has no free file handle, accepting fails; the connector then tries again after a pause,
 * and logs one line a minute.
 */
final class WatchingConnector extends ServerConnector {

    private static final Logger LOG = LoggerFactory.getLogger(WatchingConnector.class);

    private static final long LINE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Duration pause;

    /** Used only by the single acceptor thread. */
    private OptionalLong lineNanos = OptionalLong.empty();

    WatchingConnector(Server server, Scheduler scheduler, HttpConfiguration http, Duration pause) {
        super(server, null, scheduler, null, 1, 1, new HttpConnectionFactory(http));
        this.pause = pause;
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(
            SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        WatchedEndPoint made =
                new WatchedEndPoint(channel, selector, key, getScheduler(), getExecutor());
        made.setIdleTimeout(getIdleTimeout());
        return made;
    }

    /** Returns whether to go on accepting. Replaces Jetty's stack trace for each failure. */
    @Override
    protected boolean handleAcceptFailure(Throwable failure) {
        if (failure instanceof ClosedChannelException) {
            return false; // The listener is being closed.
        }
        if (!isRunning() || !(failure instanceof IOException)) {
            return super.handleAcceptFailure(failure);
        }
        long now = System.nanoTime();
        if (lineNanos.isEmpty() || now - lineNanos.getAsLong() >= LINE_NANOS) {
            lineNanos = OptionalLong.of(now);
            LOG.warn(
                    "Cannot accept HTTP connections on port {}: {}; trying again every {} ms",
                    getLocalPort(),
                    IoErrors.describe(failure),
                    pause.toMillis());
        }
        try {
            Thread.sleep(pause.toMillis());
            return true;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
