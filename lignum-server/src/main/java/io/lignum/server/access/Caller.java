package io.lignum.server.access;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The origin of a call.
 *
 * @param remote the address at the other end of the connection; empty: unknown
 * @param local the address of this host to which the connection was made; empty: unknown
 * @param proxyHeader the header by which a proxy indicates a forwarded call, if there is one
 * @param tls empty: the connection does not use TLS
 */
public record Caller(
        Optional<InetAddress> remote,
        Optional<InetAddress> local,
        Optional<String> proxyHeader,
        Optional<TlsConnection> tls) {

    /**
     * What TLS says about a connection.
     *
     * @param certificate that the client presented and the listener's CAs issued, if any
     */
    public record TlsConnection(Optional<X509Certificate> certificate) {}

    private static final List<String> PROXY_HEADERS = List.of(
            "forwarded",
            "via",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-proto",
            "x-forwarded-server",
            "x-real-ip");

    /**
     * The caller at the other end of a connection.
     *
     * @param hasHeader whether the call has a header of this name, given in lower case
     */
    public static Caller of(
            @Nullable SocketAddress remote,
            @Nullable SocketAddress local,
            Predicate<String> hasHeader,
            Optional<TlsConnection> tls) {
        Optional<String> proxyHeader = PROXY_HEADERS.stream().filter(hasHeader).findFirst();
        return new Caller(address(remote), address(local), proxyHeader, tls);
    }

    private static Optional<InetAddress> address(@Nullable SocketAddress socket) {
        return socket instanceof InetSocketAddress internet
                ? Optional.ofNullable(internet.getAddress())
                : Optional.empty();
    }

    /** The remote address, for messages. */
    public String shown() {
        return remote.map(InetAddress::getHostAddress).orElse("an unknown address");
    }
}
