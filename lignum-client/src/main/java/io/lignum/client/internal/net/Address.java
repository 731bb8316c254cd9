package io.lignum.client.internal.net;

import io.grpc.netty.shaded.io.netty.util.NetUtil;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The host and the gRPC port of a node. */
public record Address(String host, int port) {

    public static final int DEFAULT_PORT = 9080;

    /**
     * Parses {@code host}, {@code host:port}, {@code [v6]}, {@code [v6]:port}, or an IPv6 address
     * without brackets.
     *
     * @throws IllegalArgumentException the text is malformed; the message contains it
     */
    public static Address parse(String text) {
        int colon = text.lastIndexOf(':');
        int bracket = text.lastIndexOf(']');
        boolean bareV6 = bracket < 0 && colon >= 0 && text.indexOf(':') < colon;
        if (bareV6 || colon <= bracket) {
            return of(text, text, DEFAULT_PORT);
        }
        String port = text.substring(colon + 1);
        try {
            return of(text, text.substring(0, colon), Integer.parseInt(port));
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(
                    "address \"" + text + "\": port \"" + port + "\" is not a number", notANumber);
        }
    }

    /** Parses one or more addresses, separated by commas. */
    public static List<Address> parseList(String text) {
        return Stream.of(text.split(",", -1)).map(one -> parse(one.strip())).toList();
    }

    /** The address that a node has reported; empty if it is not valid. */
    public static Optional<Address> of(String host, int port) {
        return host.isBlank() || port < 1 || port > 65_535
                ? Optional.empty()
                : Optional.of(new Address(host, port));
    }

    /** Whether this is certainly the client's own host, so that no network is between the two. */
    boolean isLoopback() {
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
        return literal == null ? host.equalsIgnoreCase("localhost") : literal.isLoopbackAddress();
    }

    /** Whether {@link #parse} accepts the text. */
    public static boolean isAddress(String text) {
        try {
            parse(text);
            return true;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static Address of(String text, String host, int port) {
        String bare = host.startsWith("[") && host.endsWith("]")
                ? host.substring(1, host.length() - 1)
                : host;
        if (bare.isBlank() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException(
                    "address \"" + text + "\" is not host:port with a port of 1 to 65535");
        }
        return new Address(bare, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
