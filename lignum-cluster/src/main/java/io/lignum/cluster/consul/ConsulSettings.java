package io.lignum.cluster.consul;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How to reach a Consul agent. Immutable.
 *
 * @param host of the agent
 * @param port of the agent's HTTP or HTTPS interface
 * @param https whether to use TLS
 * @param caCertificate a PEM file with the certificates to trust instead of the JVM's; used with
 *     {@code https} only
 * @param aclToken sent with each request
 * @param datacenter whose keys and sessions are used; empty: the agent's own
 * @param connectTimeout for a connection to the agent
 * @param readTimeout for the answer to a call; a watch adds its own wait
 */
public record ConsulSettings(
        String host,
        int port,
        boolean https,
        Optional<Path> caCertificate,
        Optional<String> aclToken,
        Optional<String> datacenter,
        Duration connectTimeout,
        Duration readTimeout) {

    private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(500);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(2);

    public ConsulSettings {
        if (connectTimeout.toMillis() < 1 || readTimeout.toMillis() < 1) {
            throw new IllegalArgumentException("a time-out is below 1 ms");
        }
    }

    /** Plain HTTP, no token, 0.5 s to connect and 2 s to answer. */
    public static ConsulSettings of(String host, int port) {
        return new ConsulSettings(
                host,
                port,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                CONNECT_TIMEOUT,
                READ_TIMEOUT);
    }

    /** The token is a secret. */
    @Override
    public String toString() {
        return (https ? "https://" : "http://") + host + ":" + port;
    }
}
