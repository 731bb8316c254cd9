package io.lignum.cluster.consul;

import java.time.Duration;
import java.util.Optional;

import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;

/**
 * How to reach a Consul agent. Immutable.
 *
 * @param host of the agent
 * @param port of the agent's HTTP or HTTPS interface
 * @param tls empty: without TLS
 * @param aclToken sent with each request
 * @param datacenter whose keys and sessions are used; empty: the agent's own
 * @param connectTimeout for a connection to the agent
 * @param readTimeout for the answer to a call; a watch adds its own wait
 */
public record ConsulSettings(
        String host,
        int port,
        Optional<Tls> tls,
        Optional<String> aclToken,
        Optional<String> datacenter,
        Duration connectTimeout,
        Duration readTimeout) {

    private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(500);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(2);

    /**
     * How to use TLS.
     *
     * @param context made with {@code trust}, and with the certificate that is presented, if any
     * @param trust decides whether the agent's certificate is accepted; names are checked besides
     */
    public record Tls(SSLContext context, X509TrustManager trust) {}

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
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                CONNECT_TIMEOUT,
                READ_TIMEOUT);
    }

    /** The token is a secret. */
    @Override
    public String toString() {
        return (tls.isPresent() ? "https://" : "http://") + host + ":" + port;
    }
}
