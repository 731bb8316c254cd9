package io.lignum.server.http;

import io.lignum.record.IoErrors;
import io.lignum.record.LogLineLimiter;

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

/**
 * Accepts connections and creates those that notice when their client disconnects. While the
 * process has no free file handle, accepting fails; the connector then tries again after a pause,
 * and logs one line a minute.
 */
final class WatchingConnector extends ServerConnector {

    private static final Logger LOG = LoggerFactory.getLogger(WatchingConnector.class);

    private final Duration pause;
    private final LogLineLimiter lines =
            new LogLineLimiter(Duration.ofMinutes(1), System::nanoTime);

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
        if (lines.count() > 0) {
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
