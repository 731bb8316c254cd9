package io.lignum.server.http;

import io.lignum.record.IoErrors;
import io.lignum.record.LogLineLimiter;

import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
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
import java.util.List;

/**
 * Accepts connections and creates those that notice when their client disconnects. While the
 * process has no free file handle, accepting fails; the connector then tries again after a pause,
 * and logs one line a minute.
 */
final class WatchingConnector extends ServerConnector {

    private static final Logger LOG = LoggerFactory.getLogger(WatchingConnector.class);

    private final ConnectionGuard guard;
    private final Duration pause;
    private final LogLineLimiter lines =
            new LogLineLimiter(Duration.ofMinutes(1), System::nanoTime);

    /** @param protocols of the connections, the one that reads the first byte first */
    WatchingConnector(
            Server server,
            Scheduler scheduler,
            ConnectionGuard guard,
            Duration pause,
            List<ConnectionFactory> protocols) {
        super(server, null, scheduler, null, 1, 1, protocols.toArray(ConnectionFactory[]::new));
        this.guard = guard;
        this.pause = pause;
    }

    ConnectionGuard guard() {
        return guard;
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(
            SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        WatchedEndPoint made = new WatchedEndPoint(channel, selector, key, this);
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
