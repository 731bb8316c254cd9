package io.lignum.client.internal;

import io.lignum.client.Codecs;
import io.lignum.client.ConsumerBuilder;
import io.lignum.client.LignumClient;
import io.lignum.client.ProducerBuilder;
import io.lignum.client.Topics;
import io.lignum.client.internal.consumer.DefaultConsumerBuilder;
import io.lignum.client.internal.errors.Checks;
import io.lignum.client.internal.net.ClientContext;
import io.lignum.client.internal.producer.DefaultProducerBuilder;

/** The client: creates producers, consumers and topic administration over one shared context. */
final class DefaultClient implements LignumClient {

    private final ClientContext context;
    private final Topics topics;

    DefaultClient(ClientContext context) {
        this.context = context;
        this.topics = new DefaultTopics(context.connection(), context.callbacks());
    }

    @Override
    public Topics topics() {
        context.requireOpen();
        return topics;
    }

    @Override
    public ProducerBuilder<byte[], byte[]> producer(String topic) {
        context.requireOpen();
        return new DefaultProducerBuilder<>(
                context, Checks.text("topic", topic), Codecs.bytes(), Codecs.bytes());
    }

    @Override
    public ConsumerBuilder<byte[], byte[]> consumer(String topic) {
        context.requireOpen();
        return new DefaultConsumerBuilder<>(
                context, Checks.text("topic", topic), Codecs.bytes(), Codecs.bytes());
    }

    @Override
    public void close() {
        context.connection().refuseOnIoThread("LignumClient.close");
        context.close();
    }
}
