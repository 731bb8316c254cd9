package io.lignum.client;

import io.lignum.client.internal.DefaultClientBuilder;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * A client of one node or of one cluster. Producers, consumers and {@link Topics} of a client share
 * its connections and its I/O thread. Any thread may use it.
 *
 * <p>A client connects when it has something to send, so opening one does not fail while the nodes
 * are down. Of a cluster the address of one reachable node is enough: that node names the others.
 * The nodes name the addresses of their own configuration ({@code node.advertised-host}); the
 * client must be able to reach them there.
 */
public interface LignumClient extends AutoCloseable {

    /**
     * Opens a client with the default settings.
     *
     * @param addresses nodes of one cluster: {@code host:port} of the gRPC port, or {@code host}
     *     for port 9080; an IPv6 address that has a port is in brackets. One string may hold
     *     several addresses, separated by commas
     * @throws IllegalArgumentException no address is given, or one is malformed
     */
    static LignumClient connect(String... addresses) {
        return builder().addresses(addresses).build();
    }

    /** Begins a client with other settings. At least one address is required. */
    static Builder builder() {
        return new DefaultClientBuilder();
    }

    /**
     * The administration of topics.
     *
     * @throws LignumException.Closed the client is closed
     */
    Topics topics();

    /**
     * Begins a producer for one topic. Keys and values are byte arrays unless codecs are set.
     *
     * @throws LignumException.Closed the client is closed
     * @throws IllegalArgumentException the name contains an unpaired surrogate
     */
    ProducerBuilder<byte[], byte[]> producer(String topic);

    /**
     * Begins a consumer of one topic. Keys and values are byte arrays unless codecs are set.
     *
     * @throws LignumException.Closed the client is closed
     * @throws IllegalArgumentException the name contains an unpaired surrogate
     */
    ConsumerBuilder<byte[], byte[]> consumer(String topic);

    /**
     * Closes the producers and consumers of this client, then its connections. Blocks while a
     * producer flushes, at most for that producer's delivery timeout. Does nothing if the client is
     * closed.
     *
     * @throws IllegalStateException on the client's I/O thread
     * @throws RuntimeException the first failure of a producer or consumer; everything is closed
     *     nevertheless
     */
    @Override
    void close();

    /** The settings of a client. For one thread at a time. */
    interface Builder {

        /**
         * Sets the addresses, as in {@link LignumClient#connect}.
         *
         * @throws IllegalArgumentException an address is malformed
         */
        default Builder addresses(String... newAddresses) {
            return addresses(List.of(newAddresses));
        }

        /**
         * Sets the addresses, as in {@link LignumClient#connect}.
         *
         * @throws IllegalArgumentException an address is malformed
         */
        Builder addresses(List<String> newAddresses);

        /**
         * Connects with TLS. By default the client connects without.
         *
         * @throws IllegalArgumentException a file cannot be used; the message names it
         */
        Builder tls(Tls tls);

        /**
         * Sends these credentials with each call. By default the client sends none. Without TLS
         * they can be read on the network: the client logs a warning when it connects to another
         * host so.
         */
        Builder credentials(Credentials credentials);

        /**
         * How long the client waits for one answer before it treats the connection as broken. Calls
         * of {@link Topics} fail after this time. More than zero; default 30 seconds.
         */
        Builder requestTimeout(Duration timeout);

        /**
         * The executor that completes futures and calls handlers. By default the client's I/O
         * thread completes futures, so their continuations must not block, and handlers run on
         * threads of the client's own.
         */
        Builder callbackExecutor(Executor executor);

        /**
         * Opens the client, without connecting.
         *
         * @throws IllegalArgumentException no address is given
         */
        LignumClient build();
    }
}
