package io.lignum.client.internal.consumer;

import io.lignum.client.Received;
import io.lignum.client.RecordHandler;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Receives the records of a {@link RecordPump}, one at a time. */
interface RecordSink<K, V> {

    /**
     * Whether another record may come. When the answer changes to true, the sink wakes the pump.
     */
    default boolean wants() {
        return true;
    }

    /** Receives a record, which is processed when the stage has completed. */
    CompletionStage<?> accept(Received<K, V> received) throws Exception;

    /** There are no more records. The error is null at a normal end. */
    default void ended(@Nullable Throwable error) {}

    static <K, V> RecordSink<K, V> blocking(RecordHandler<K, V> handler) {
        CompletionStage<?> done = CompletableFuture.completedFuture(null);
        return received -> {
            handler.handle(received);
            return done;
        };
    }

    static <K, V> RecordSink<K, V> async(
            Function<Received<K, V>, ? extends CompletionStage<?>> handler) {
        return handler::apply;
    }
}
