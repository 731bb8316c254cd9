package io.lignum.client;

/** Where a node's gRPC port is. */
record Address(String host, int port) {

    static final int DEFAULT_PORT = 9080;

    /** {@code host}, {@code host:port}, {@code [v6]}, {@code [v6]:port}, or a bare IPv6 address. */
    static Address parse(String text) {
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
