package io.lignum.server.tls;

/** Which connections a listener accepts: the values of the setting {@code tls.mode}. */
public enum TlsMode {
    /** Connections without TLS. */
    OFF,
    /** Both, on the same port: the first byte that a client sends tells them apart. */
    OPTIONAL,
    /** Connections with TLS. */
    REQUIRED
}
