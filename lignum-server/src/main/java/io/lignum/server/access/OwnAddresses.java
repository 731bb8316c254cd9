package io.lignum.server.access;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The addresses of this host's network interfaces, read again at most once in a few seconds. If
 * they cannot be read the host has none, so that nobody is taken for a local caller by mistake. Any
 * thread.
 */
final class OwnAddresses {

    private static final Logger LOG = LoggerFactory.getLogger(OwnAddresses.class);
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

    private record Known(Set<InetAddress> addresses, long readNanos) {}

    /** Replaced as a whole. Two threads that read the interfaces at once do no harm. */
    private volatile Known known = new Known(Set.of(), System.nanoTime() - 2 * FRESH_NANOS);

    boolean contains(InetAddress address) {
        Known now = known;
        if (System.nanoTime() - now.readNanos > FRESH_NANOS) {
            now = new Known(read(), System.nanoTime());
            known = now;
        }
        return now.addresses.stream().anyMatch(own -> isSame(own, address));
    }

    /** Link-local addresses may be there on several links, each time of another host. */
    private static boolean isSame(InetAddress own, InetAddress other) {
        if (own.isLinkLocalAddress()
                && own instanceof Inet6Address mine
                && other instanceof Inet6Address theirs) {
            return own.equals(other) && mine.getScopeId() == theirs.getScopeId();
        }
        return own.equals(other);
    }

    private static Set<InetAddress> read() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (SocketException e) {
            LOG.warn("The addresses of this host cannot be read: {}", e.toString());
            return Set.of();
        }
    }
}
