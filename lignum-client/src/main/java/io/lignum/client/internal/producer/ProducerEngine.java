package io.lignum.client.internal.producer;

import io.lignum.api.ErrorDetail;
import io.lignum.api.ProduceResponse;
import io.lignum.client.LignumException;
import io.lignum.client.internal.errors.Errors;
import io.lignum.client.internal.net.Callbacks;
import io.lignum.client.internal.net.ClientContext;
import io.lignum.client.internal.net.ClusterMetadata;
import io.lignum.client.internal.net.Connection;
import io.lignum.client.internal.net.IoTasks;
import io.lignum.client.internal.net.MetadataUpdater;
import io.lignum.client.internal.net.WireErrors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs the {@link Pipeline} of a producer on the client's I/O thread, after each event and at its
 * deadlines. On that thread, except for methods that say otherwise. An unexpected failure there
 * ends the producer.
 */
final class ProducerEngine
        implements Deliveries,
                ProduceLink.Opener,
                GrpcProduceLink.Events,
                MetadataUpdater.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(ProducerEngine.class);

    private final Connection connection;
    private final Callbacks callbacks;
    private final String topic;
    private final Accumulator accumulator;
    private final Pipeline pipeline;
    private final IoTasks tasks;

    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
    private @Nullable Future<?> alarm;
    private long alarmAt;

    ProducerEngine(ClientContext context, ProducerSettings settings) {
        this.connection = context.connection();
        this.callbacks = context.callbacks();
        this.topic = settings.topic();
        this.accumulator = new Accumulator(
                settings,
                connection.buffers(),
                this::wake,
                () -> connection.refuseOnIoThread("waiting in send"));
        this.pipeline = new Pipeline(
                accumulator, this, this, settings, connection.requestTimeout().toNanos());
        this.tasks = connection.tasks(this::failed);
        tasks.execute(() -> connection.metadataUpdater().add(this));
    }

    Accumulator accumulator() {
        return accumulator;
    }

    /** Something has changed. Any thread. */
    void wake() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            tasks.execute(this::run);
        }
    }

    private void run() {
        scheduled.set(false);
        Runnable event = events.poll();
        while (event != null) {
            event.run();
            event = events.poll();
        }
        pipeline.run(System.nanoTime());
        setAlarm(System.nanoTime());
    }

    private void failed(Throwable unexpected) {
        LOG.error("The producer for topic {} failed unexpectedly", topic, unexpected);
        pipeline.shutDown(Errors.bug(unexpected), System.nanoTime());
    }

    /*
     * One timer at a time. A timer that fires early does no harm, and most are far in the future.
     */
    private void setAlarm(long now) {
        OptionalLong look = pipeline.nextLook(now);
        if (look.isEmpty()) {
            return;
        }
        long at = now + look.getAsLong();
        Future<?> set = alarm;
        if (set != null && !set.isDone() && alarmAt - at <= 0) {
            return;
        }
        if (set != null) {
            set.cancel(false);
        }
        alarmAt = at;
        alarm = tasks.schedule(this::wake, look.getAsLong());
    }

    private void later(Runnable event) {
        events.add(event);
        wake();
    }

    // Events of the stream.

    @Override
    public Optional<ProduceLink> open() {
        Optional<ClusterMetadata.Way> way = connection.metadata().toProduce();
        if (way.isEmpty()) {
            search();
        }
        return way.map(to -> GrpcProduceLink.open(connection, to, topic, this));
    }

    @Override
    public void search() {
        connection.metadataUpdater().search();
    }

    @Override
    public void nodesChanged() {
        if (connection.metadata().leader().isPresent()) {
            later(() -> pipeline.leaderFound(System.nanoTime()));
        }
    }

    @Override
    public void ready(GrpcProduceLink from) {
        wake();
    }

    @Override
    public void answered(GrpcProduceLink from, ProduceResponse response) {
        later(() -> {
            switch (response.getResultCase()) {
                case APPENDED -> appended(from, response);
                case ERROR -> refused(from, response.getCorrelationId(), response.getError());
                case RESULT_NOT_SET -> pipeline.appended(from, ProduceAck.EMPTY, System.nanoTime());
            }
        });
    }

    private void appended(GrpcProduceLink from, ProduceResponse response) {
        if (!from.forwards() && connection.metadata().appended(from.address())) {
            connection.metadataUpdater().notifyListeners();
        }
        pipeline.appended(from, GrpcProduceLink.answer(response), System.nanoTime());
    }

    private void refused(GrpcProduceLink from, long number, ErrorDetail detail) {
        LignumException error = WireErrors.of(detail, true);
        if (error instanceof LignumException.NotLeader) {
            boolean found =
                    connection.metadata().notLeading(from.address(), WireErrors.leader(detail));
            if (found) {
                connection.metadataUpdater().notifyListeners();
            } else if (connection.metadata().leader().isEmpty()) {
                search();
            }
        } else if (Errors.isOfDoubtfulLeader(error)) {
            search();
        }
        pipeline.refused(from, number, error, System.nanoTime());
    }

    @Override
    public void ended(GrpcProduceLink from, LignumException error) {
        later(() -> {
            if (connection.metadata().leader().isEmpty()) {
                search();
            }
            pipeline.ended(from, error, System.nanoTime());
        });
    }

    // The ends of batches.

    @Override
    public void succeeded(Batch batch, long firstOffset) {
        connection.ownWrites().acknowledged(topic, firstOffset + batch.count());
        Executor executor = callbacks.forFutures();
        executor.execute(() -> batch.futures().complete(firstOffset));
    }

    @Override
    public void failed(Batch batch, LignumException error) {
        callbacks.forFutures().execute(() -> batch.futures().fail(error));
    }

    /** Fails the batches that have not ended, and ends the stream, later. Any thread. */
    void shutDown() {
        later(() -> {
            connection.metadataUpdater().remove(this);
            pipeline.shutDown(Errors.closed("the producer"), System.nanoTime());
            Future<?> set = alarm;
            if (set != null) {
                set.cancel(false);
            }
        });
    }
}
