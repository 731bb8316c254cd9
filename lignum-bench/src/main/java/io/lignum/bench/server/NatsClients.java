package io.lignum.bench.server;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.ErrorListenerLoggerImpl;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** NATS clients; a topic is a stream with one subject of the same name. */
final class NatsClients implements Broker {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long TIMEOUT_NANOS = 30_000_000_000L;
    private static final long LOOK_NANOS = 200_000_000;

    private final String address;
    private final int copies;
    private final Connection connection;
    private final JetStreamManagement management;

    /** @param copies replicas of each stream */
    NatsClients(String address, int copies) throws IOException, InterruptedException {
        this.address = address;
        this.copies = copies;
        connection = connect();
        management = connection.jetStreamManagement();
    }

    private Connection connect() throws IOException, InterruptedException {
        return Nats.connect(Options.builder()
                .servers(address.split(","))
                .maxMessagesInOutgoingQueue(20_000)
                .errorListener(new Problems())
                .build());
    }

    @Override
    public void createTopic(String topic) throws IOException, JetStreamApiException {
        StreamConfiguration stream = StreamConfiguration.builder()
                .name(topic)
                .subjects(topic)
                .storageType(StorageType.File)
                .replicas(copies)
                .build();
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        while (!isAdded(stream, copies == 1 || System.nanoTime() > deadline)) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Waits until the servers of a cluster have found each other. */
    private boolean isAdded(StreamConfiguration stream, boolean isLast)
            throws IOException, JetStreamApiException {
        try {
            management.addStream(stream);
            return true;
        } catch (IOException | JetStreamApiException e) {
            if (isLast) {
                throw e;
            }
            return false;
        }
    }

    @Override
    public void deleteTopic(String topic) throws IOException, JetStreamApiException {
        management.deleteStream(topic);
    }

    @Override
    public long records(String topic) throws IOException, JetStreamApiException {
        return management.getStreamInfo(topic).getStreamState().getMsgCount();
    }

    @Override
    public Sender sender(String topic) throws IOException, InterruptedException {
        Connection own = connect();
        return new NatsSender(topic, own, own.jetStream());
    }

    /** An ordered push consumer, which needs no acknowledgement per message. */
    @Override
    public Receiver receiver(String topic)
            throws IOException, InterruptedException, JetStreamApiException {
        Connection own = connect();
        return new NatsReceiver(
                own,
                own.jetStream()
                        .subscribe(
                                topic,
                                PushSubscribeOptions.builder().ordered(true).build()));
    }

    @Override
    public void close() throws IOException {
        close(connection);
    }

    private static void close(Connection connection) throws IOException {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while closing", e);
        }
    }

    /** Logs problems like the default listener, but no successes, which took time. */
    private static final class Problems extends ErrorListenerLoggerImpl {
        @Override
        public void flowControlProcessed(
                Connection connection,
                JetStreamSubscription subscription,
                String subject,
                FlowControlSource source) {}
    }

    private record NatsSender(String topic, Connection connection, JetStream stream)
            implements Sender {
        @Override
        public Pending send(byte[] value) {
            // The client keeps the array until it is sent.
            CompletableFuture<PublishAck> future = stream.publishAsync(topic, value.clone());
            return future::get;
        }

        @Override
        public void sendAndWait(byte[] value) throws IOException, JetStreamApiException {
            stream.publish(topic, value);
        }

        @Override
        public void close() throws IOException {
            NatsClients.close(connection);
        }
    }

    private record NatsReceiver(Connection connection, JetStreamSubscription subscription)
            implements Receiver {
        @Override
        public void poll(Sink sink) throws InterruptedException {
            Message next = subscription.nextMessage(POLL);
            if (next != null) {
                sink.take(next.getData());
            }
        }

        @Override
        public void close() throws IOException {
            NatsClients.close(connection);
        }
    }
}
