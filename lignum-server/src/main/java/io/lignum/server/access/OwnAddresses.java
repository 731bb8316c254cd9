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
 * The addresses of this host's network interfaces, refreshed every few seconds at most. If they
 * cannot be read, the set is empty, so that no remote caller counts as local. Any thread.
 */
final class OwnAddresses {

    private static final Logger LOG = LoggerFactory.getLogger(OwnAddresses.class);
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);

    private record Known(Set<InetAddress> addresses, long readNanos) {}

    /** Replaced as a whole. It is harmless if two threads refresh it at once. */
    private volatile Known known = new Known(Set.of(), System.nanoTime() - 2 * FRESH_NANOS);

    boolean contains(InetAddress address) {
        Known now = known;
        if (System.nanoTime() - now.readNanos > FRESH_NANOS) {
            now = new Known(read(), System.nanoTime());
            known = now;
        }
        return now.addresses.stream().anyMatch(own -> isSame(own, address));
    }

    /** Link-local addresses may occur on several links, each time for another host. */
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
