package io.lignum.client;

import io.lignum.record.Compression;
import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatchBuilder;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What {@link ProducerBuilder} was told. */
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
            throw new IllegalArgumentException(
                    "an identity is of use to idempotent producers only");
        }
        if (linger.compareTo(deliveryTimeout) >= 0) {
            throw new IllegalArgumentException("linger " + linger
                    + " must be shorter than the delivery timeout, " + deliveryTimeout);
        }
        if (compression != Compression.NONE) {
            // Said here rather than at the first record.
            RecordBatchBuilder.build(List.of(LogRecord.of(new byte[1])), compression, 0);
        }
        return this;
    }

    ProducerSettings withLinger(Duration value) {
        return new ProducerSettings(
                topic,
                value,
                batchBytes,
                compression,
                maxBytesInFlight,
                whenFull,
                deliveryTimeout,
                identity,
                idempotent);
    }

    ProducerSettings withBatchBytes(int value) {
        return new ProducerSettings(
                topic,
                linger,
                value,
                compression,
                maxBytesInFlight,
                whenFull,
                deliveryTimeout,
                identity,
                idempotent);
    }

    ProducerSettings withCompression(Compression value) {
        return new ProducerSettings(
                topic,
                linger,
                batchBytes,
                value,
                maxBytesInFlight,
                whenFull,
                deliveryTimeout,
                identity,
                idempotent);
    }

    ProducerSettings withMaxBytesInFlight(long value) {
        return new ProducerSettings(
                topic,
                linger,
                batchBytes,
                compression,
                value,
                whenFull,
                deliveryTimeout,
                identity,
                idempotent);
    }

    ProducerSettings withWhenFull(WhenFull value) {
        return new ProducerSettings(
                topic,
                linger,
                batchBytes,
                compression,
                maxBytesInFlight,
                value,
                deliveryTimeout,
                identity,
                idempotent);
    }

    ProducerSettings withDeliveryTimeout(Duration value) {
        return new ProducerSettings(
                topic,
                linger,
                batchBytes,
                compression,
                maxBytesInFlight,
                whenFull,
                value,
                identity,
                idempotent);
    }

    ProducerSettings withIdentity(Optional<ProducerIdentity> value) {
        return new ProducerSettings(
                topic,
                linger,
                batchBytes,
                compression,
                maxBytesInFlight,
                whenFull,
                deliveryTimeout,
                value,
                idempotent);
    }

    ProducerSettings withIdempotent(boolean value) {
        return new ProducerSettings(
                topic,
                linger,
                batchBytes,
                compression,
                maxBytesInFlight,
                whenFull,
                deliveryTimeout,
                identity,
                value);
    }
}
