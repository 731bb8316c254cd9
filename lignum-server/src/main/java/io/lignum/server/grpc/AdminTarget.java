package io.lignum.server.grpc;

import io.lignum.client.Credentials;
import io.lignum.client.Tls;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * The node that an operator's command calls, and how.
 *
 * @param tls empty: without TLS
 * @param credentials empty: without any
 * @param timeout of each call
 */
public record AdminTarget(
        InetSocketAddress node,
        Optional<Tls> tls,
        Optional<Credentials> credentials,
        Duration timeout) {}
