package io.lignum.bench.server;

import io.lignum.bench.work.WorkSettings;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** Kafka's own clients, with those settings that gave Kafka the best figures. */
final class KafkaClients implements Broker {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long TIMEOUT_NANOS = 30_000_000_000L;
    private static final long LOOK_NANOS = 100_000_000;

    private final WorkSettings settings;
    private final String address;
    private final Admin admin;
    private final short copies;

    /** @param copies replicas of each topic */
    KafkaClients(WorkSettings settings, String address, short copies) {
        this.copies = copies;
        this.settings = settings;
        this.address = address;
        admin = Admin.create(Map.of("bootstrap.servers", address));
    }

    @Override
    public void createTopic(String topic) throws ExecutionException, InterruptedException {
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        while (!isCreated(topic, System.nanoTime() > deadline)) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Waits until all brokers are registered. */
    private boolean isCreated(String topic, boolean isLast)
            throws ExecutionException, InterruptedException {
        try {
            admin.createTopics(List.of(new NewTopic(topic, 1, copies))).all().get();
            return true;
        } catch (ExecutionException e) {
            if (!isLast && e.getCause() instanceof InvalidReplicationFactorException) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void deleteTopic(String topic) throws ExecutionException, InterruptedException {
        admin.deleteTopics(List.of(topic)).all().get();
    }

    @Override
    public long records(String topic) throws ExecutionException, InterruptedException {
        TopicPartition only = new TopicPartition(topic, 0);
        return admin.listOffsets(Map.of(only, OffsetSpec.latest()))
                .partitionResult(only)
                .get()
                .offset();
    }

    @Override
    public Sender sender(String topic) {
        return new KafkaSender(
                topic,
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                address,
                                "acks",
                                "all",
                                "linger.ms",
                                settings.text("kafka.linger"),
                                "batch.size",
                                settings.text("kafka.batch"),
                                "buffer.memory",
                                64 << 20),
                        new ByteArraySerializer(),
                        new ByteArraySerializer()));
    }

    @Override
    public Receiver receiver(String topic) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        address,
                        "enable.auto.commit",
                        false,
                        "max.partition.fetch.bytes",
                        settings.text("kafka.fetch"),
                        "max.poll.records",
                        10_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> only = List.of(new TopicPartition(topic, 0));
        consumer.assign(only);
        consumer.seekToBeginning(only);
        return new KafkaReceiver(consumer);
    }

    @Override
    public void close() {
        admin.close();
    }

    private record KafkaSender(String topic, KafkaProducer<byte[], byte[]> producer)
            implements Sender {
        @Override
        public Pending send(byte[] value) {
            Future<RecordMetadata> future =
                    producer.send(new ProducerRecord<>(topic, 0, null, value));
            return future::get;
        }

        @Override
        public void close() {
            producer.close();
        }
    }

    private record KafkaReceiver(KafkaConsumer<byte[], byte[]> consumer) implements Receiver {
        @Override
        public void poll(Sink sink) {
            for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
                sink.take(each.value());
            }
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
