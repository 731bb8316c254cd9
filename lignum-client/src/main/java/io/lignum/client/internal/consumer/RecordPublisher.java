package io.lignum.client.internal.consumer;

import io.lignum.client.Received;
import io.lignum.client.internal.net.ClientContext;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Passes the records of a {@link RecordPump} to a subscriber, as many as it has requested. Only the
 * pump sends signals, so they are serial. It starts after {@code onSubscribe} has returned.
 */
final class RecordPublisher<K, V> implements RecordSink<K, V>, Flow.Subscription {

    private static final Logger LOG = LoggerFactory.getLogger(RecordPublisher.class);
    private static final CompletionStage<?> DONE = CompletableFuture.completedFuture(null);

    private final Flow.Subscriber<? super Received<K, V>> subscriber;
    private final AtomicLong demand = new AtomicLong();
    private volatile boolean cancelled;
    private volatile @Nullable IllegalArgumentException wrongRequest;
    private volatile @Nullable RecordPump<K, V> pump;

    private RecordPublisher(Flow.Subscriber<? super Received<K, V>> subscriber) {
        this.subscriber = subscriber;
    }

    static <K, V> void subscribe(
            ClientContext context,
            Supplier<RecordReader<K, V>> readers,
            Positions positions,
            Flow.Subscriber<? super Received<K, V>> subscriber) {
        RecordPublisher<K, V> publisher =
                new RecordPublisher<>(Objects.requireNonNull(subscriber, "subscriber"));
        RecordPump<K, V> opened;
        try {
            opened = new RecordPump<>(context, readers.get(), positions, publisher);
        } catch (RuntimeException notOpened) {
            subscriber.onSubscribe(publisher);
            subscriber.onError(notOpened);
            return;
        }
        publisher.pump = opened;
        subscriber.onSubscribe(publisher);
        opened.begin();
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            wrongRequest = new IllegalArgumentException("request(" + n + "), must be positive");
        } else {
            demand.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
        }
        RecordPump<K, V> open = pump;
        if (open != null) {
            open.wake();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        RecordPump<K, V> open = pump;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public boolean wants() {
        IllegalArgumentException wrong = wrongRequest;
        if (wrong != null) {
            throw wrong; // Ends the pump, which passes it to onError.
        }
        return demand.get() > 0;
    }

    @Override
    public CompletionStage<?> accept(Received<K, V> received) {
        if (demand.get() != Long.MAX_VALUE) {
            demand.decrementAndGet();
        }
        subscriber.onNext(received);
        return DONE;
    }

    @Override
    public void ended(@Nullable Throwable error) {
        if (cancelled) {
            return;
        }
        try {
            if (error == null) {
                subscriber.onComplete();
            } else {
                subscriber.onError(error);
            }
        } catch (RuntimeException violation) {
            LOG.warn("A subscriber threw when its subscription ended", violation);
        }
    }
}
