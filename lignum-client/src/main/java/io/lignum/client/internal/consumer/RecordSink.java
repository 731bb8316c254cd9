package io.lignum.client.internal.consumer;

import io.lignum.client.Received;
import io.lignum.client.RecordHandler;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Where a {@link RecordPump} puts records, one after the other. */
interface RecordSink<K, V> {

    /** Whether another record may come; who changes that to true wakes the pump. */
    default boolean wants() {
        return true;
    }

    /** Takes a record; it has been processed when the stage has completed. */
    CompletionStage<?> accept(Received<K, V> received) throws Exception;

    /** There will be no more. */
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
