package io.lignum.bench.server;

import io.lignum.client.Consumer;
import io.lignum.client.Credentials;
import io.lignum.client.LignumClient;
import io.lignum.client.Producer;
import io.lignum.client.Received;
import io.lignum.client.Tls;
import io.lignum.client.TopicSpec;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Lignum's client with default settings: idempotent, no linger. */
final class LignumClients implements Broker {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LOGIN = Duration.ofSeconds(30);

    private final List<String> addresses;
    private final boolean live;
    private final Optional<Tls> tls;
    private final Optional<Credentials> credentials;
    private final LignumClient control;

    /**
     * For one node or a cluster.
     *
     * @param addresses of all nodes; consumers read from the first one
     * @param live whether topics are live
     */
    LignumClients(List<String> addresses, boolean live) {
        this(addresses, live, Optional.empty(), Optional.empty());
    }

    private LignumClients(
            List<String> addresses,
            boolean live,
            Optional<Tls> tls,
            Optional<Credentials> credentials) {
        this.addresses = addresses;
        this.live = live;
        this.tls = tls;
        this.credentials = credentials;
        control = connect();
    }

    /** For one node with TLS. With credentials, returns when the node accepts them. */
    static LignumClients secure(String address, Tls tls, Optional<Credentials> credentials)
            throws InterruptedException {
        LignumClients clients =
                new LignumClients(List.of(address), false, Optional.of(tls), credentials);
        clients.awaitLogin();
        return clients;
    }

    /** The node creates the first user shortly after its start. */
    private void awaitLogin() throws InterruptedException {
        long deadline = System.nanoTime() + LOGIN.toNanos();
        while (true) {
            try {
                control.topics().list().join();
                return;
            } catch (CompletionException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(POLL.toMillis());
            }
        }
    }

    private LignumClient connect() {
        LignumClient.Builder builder = LignumClient.builder().addresses(addresses);
        tls.ifPresent(builder::tls);
        credentials.ifPresent(builder::credentials);
        return builder.build();
    }

    @Override
    public void createTopic(String topic) throws ExecutionException, InterruptedException {
        control.topics().create(TopicSpec.of(topic).withLive(live)).get();
    }

    @Override
    public void deleteTopic(String topic) throws ExecutionException, InterruptedException {
        control.topics().delete(topic).get();
    }

    @Override
    public long records(String topic) throws ExecutionException, InterruptedException {
        return control.topics().describe(topic).get().recordCount();
    }

    long sizeBytes(String topic) throws ExecutionException, InterruptedException {
        return control.topics().describe(topic).get().sizeBytes();
    }

    @Override
    public Sender sender(String topic) {
        LignumClient own = connect();
        return new LignumSender(own, own.producer(topic).open());
    }

    @Override
    public Receiver receiver(String topic) {
        return receiverAt(topic, 0);
    }

    @Override
    public Receiver receiverAt(String topic, int node) {
        LignumClient own = connect();
        return new LignumReceiver(
                own,
                own.consumer(topic).fromBeginning().prefer(addresses.get(node)).open());
    }

    @Override
    public void close() {
        control.close();
    }

    private record LignumSender(LignumClient client, Producer<byte[], byte[]> producer)
            implements Sender {
        @Override
        public Pending send(byte[] value) {
            CompletableFuture<Long> future = producer.send(value);
            return future::get;
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private record LignumReceiver(LignumClient client, Consumer<byte[], byte[]> consumer)
            implements Receiver {
        @Override
        public void poll(Sink sink) throws InterruptedException {
            Optional<Received<byte[], byte[]>> next = consumer.poll(POLL);
            if (next.isPresent()) {
                sink.take(Objects.requireNonNull(next.get().value()));
            }
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
