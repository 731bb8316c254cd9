package io.lignum.client;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * A connection to a node or to a cluster; producers, consumers and the administration of topics
 * share it. Any thread. Nothing is sent before there is something to send, so opening one never
 * fails because the node is away.
 *
 * <p>Of a cluster one address that answers is enough: the node there tells of the others, and of
 * changes. The addresses that nodes tell are those of their configuration, which have to be good
 * for the client as well.
 */
public final class LignumClient implements AutoCloseable {

    private final Connection connection;
    private final Callbacks callbacks;
    private final Topics topics;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private LignumClient(Builder settings) {
        this.connection = new Connection(settings.addresses, settings.requestTimeout);
        this.callbacks = new Callbacks(settings.callbackExecutor);
        this.topics = new Topics(connection, callbacks);
    }

    /**
     * A client with default settings.
     *
     * @param addresses {@code host:port} of the gRPC port, or {@code host} for port 9080; an IPv6
     *     address with a port stands in brackets; several nodes of one cluster, also with commas
     *     between them in one string
     */
    public static LignumClient connect(String... addresses) {
        return builder().addresses(addresses).build();
    }

    /** For other settings; at least the addresses have to be given. */
    public static Builder builder() {
        return new Builder();
    }

    /** Creates, describes, changes and deletes topics. */
    public Topics topics() {
        requireOpen();
        return topics;
    }

    /** A producer to one topic, of bytes until codecs are given. */
    public ProducerBuilder<byte[], byte[]> producer(String topic) {
        requireOpen();
        return new ProducerBuilder<>(
                this, Checks.text("topic", topic), Codecs.bytes(), Codecs.bytes());
    }

    /** A consumer of one topic, of bytes until codecs are given. */
    public ConsumerBuilder<byte[], byte[]> consumer(String topic) {
        requireOpen();
        return new ConsumerBuilder<>(
                this, Checks.text("topic", topic), Codecs.bytes(), Codecs.bytes());
    }

    /**
     * Closes what was opened with it, which flushes producers for as long as their delivery timeout
     * allows, and then the connection.
     */
    @Override
    public void close() {
        connection.refuseOnIoThread("LignumClient.close");
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        List<RuntimeException> failures = new ArrayList<>();
        for (AutoCloseable one : open) {
            closeOne(one, failures);
        }
        connection.close();
        callbacks.close();
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    private static void closeOne(AutoCloseable one, List<RuntimeException> failures) {
        try {
            one.close();
        } catch (RuntimeException failed) {
            failures.add(failed);
        } catch (Exception checked) {
            failures.add(new IllegalStateException(checked));
        }
    }

    Connection connection() {
        return connection;
    }

    Callbacks callbacks() {
        return callbacks;
    }

    /** To be closed with the client. */
    synchronized void opened(AutoCloseable one) {
        requireOpen();
        open.add(one);
    }

    void closed(AutoCloseable one) {
        open.remove(one);
    }

    private void requireOpen() {
        if (closed) {
            throw Errors.closed("the client");
        }
    }

    /** Settings of a client. */
    public static final class Builder {
        private List<Address> addresses = List.of();
        private Duration requestTimeout = Duration.ofSeconds(30);
        private @Nullable Executor callbackExecutor;

        private Builder() {}

        /** As {@link LignumClient#connect}. */
        public Builder addresses(String... newAddresses) {
            return addresses(List.of(newAddresses));
        }

        /** As {@link LignumClient#connect}. */
        public Builder addresses(List<String> newAddresses) {
            this.addresses = newAddresses.stream()
                    .flatMap(some -> Address.parseList(some).stream())
                    .toList();
            return this;
        }

        /**
         * How long one answer may take before the connection counts as broken; calls of {@link
         * Topics} fail then. Default 30 seconds.
         */
        public Builder requestTimeout(Duration timeout) {
            this.requestTimeout = Checks.positive("requestTimeout", timeout);
            return this;
        }

        /**
         * Where futures are completed and handlers are called. By default futures are completed on
         * the client's I/O thread, where nothing may block, and handlers have threads of the
         * client's own.
         */
        public Builder callbackExecutor(Executor executor) {
            this.callbackExecutor = executor;
            return this;
        }

        /**
         * The client; it connects when it has to.
         *
         * @throws IllegalArgumentException no address was given
         */
        public LignumClient build() {
            if (addresses.isEmpty()) {
                throw new IllegalArgumentException("a client needs at least one address");
            }
            return new LignumClient(this);
        }
    }
}
