package io.lignum.bench.server;

import io.lignum.client.Consumer;
import io.lignum.client.LignumClient;
import io.lignum.client.Producer;
import io.lignum.client.Received;
import io.lignum.client.TopicSpec;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Lignum's own client with its default settings: idempotent, no linger. */
final class LignumClients implements Broker {

    private static final Duration POLL = Duration.ofMillis(100);

    private final String address;
    private final LignumClient control;

    LignumClients(String address) {
        this.address = address;
        control = LignumClient.connect(address);
    }

    @Override
    public void createTopic(String topic) throws ExecutionException, InterruptedException {
        control.topics().create(TopicSpec.of(topic)).get();
    }

    @Override
    public void deleteTopic(String topic) throws ExecutionException, InterruptedException {
        control.topics().delete(topic).get();
    }

    @Override
    public long records(String topic) throws ExecutionException, InterruptedException {
        return control.topics().describe(topic).get().recordCount();
    }

    @Override
    public Sender sender(String topic) {
        LignumClient own = LignumClient.connect(address);
        return new LignumSender(own, own.producer(topic).open());
    }

    @Override
    public Receiver receiver(String topic) {
        LignumClient own = LignumClient.connect(address);
        return new LignumReceiver(own, own.consumer(topic).fromBeginning().open());
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
