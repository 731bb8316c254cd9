package io.lignum.client.internal.producer;

import io.lignum.client.ProducerIdentity;
import io.lignum.client.WhenFull;
import io.lignum.record.Compression;
import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatchBuilder;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The settings of a producer. {@link DefaultProducerBuilder} documents them. */
record ProducerSettings(
        String topic,
        Duration linger,
        int batchBytes,
        Compression compression,
        long maxBytesInFlight,
        WhenFull whenFull,
        Duration deliveryTimeout,
        Optional<ProducerIdentity> identity,
        boolean idempotent) {

    static final Duration DEFAULT_DELIVERY_TIMEOUT = Duration.ofMinutes(2);

    static ProducerSettings of(String topic) {
        return new ProducerSettings(
                topic,
                Duration.ZERO,
                256 << 10,
                Compression.NONE,
                32L << 20,
                WhenFull.block(),
                DEFAULT_DELIVERY_TIMEOUT,
                Optional.empty(),
                true);
    }

    ProducerSettings checked() {
        if (topic.isEmpty()) {
            throw new IllegalArgumentException("the topic must not be empty");
        }
        if (!idempotent && identity.isPresent()) {
            throw new IllegalArgumentException("only an idempotent producer can have an identity");
        }
        if (linger.compareTo(deliveryTimeout) >= 0) {
            throw new IllegalArgumentException("linger " + linger
                    + " must be shorter than the delivery timeout, " + deliveryTimeout);
        }
        if (compression != Compression.NONE) {
            // Fails here rather than at the first record.
            RecordBatchBuilder.build(List.of(LogRecord.of(new byte[1])), compression, 0);
        }
        return this;
    }

    /** A copy with the changes that are made to the draft. */
    ProducerSettings with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.settings();
    }

    /** Settings that can be changed. One thread at a time. */
    static final class Draft {
        private final String topic;
        Duration linger;
        int batchBytes;
        Compression compression;
        long maxBytesInFlight;
        WhenFull whenFull;
        Duration deliveryTimeout;
        Optional<ProducerIdentity> identity;
        boolean idempotent;

        private Draft(ProducerSettings from) {
            topic = from.topic;
            linger = from.linger;
            batchBytes = from.batchBytes;
            compression = from.compression;
            maxBytesInFlight = from.maxBytesInFlight;
            whenFull = from.whenFull;
            deliveryTimeout = from.deliveryTimeout;
            identity = from.identity;
            idempotent = from.idempotent;
        }

        private ProducerSettings settings() {
            return new ProducerSettings(
                    topic,
                    linger,
                    batchBytes,
                    compression,
                    maxBytesInFlight,
                    whenFull,
                    deliveryTimeout,
                    identity,
                    idempotent);
        }
    }
}
