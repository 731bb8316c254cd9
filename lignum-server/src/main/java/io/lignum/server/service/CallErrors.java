package io.lignum.server.service;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Turns whatever a call of the service fails with into a {@link ServiceException}, and reports its
 * code to the listener that counts errors. Any thread.
 */
final class CallErrors {

    private final ServiceListener listener;

    CallErrors(ServiceListener listener) {
        this.listener = listener;
    }

    /** Throws nothing but ServiceException, except for an Error. */
    <T> T call(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    /** Throws nothing, except for an Error; the future fails with nothing but ServiceException. */
    <T> CompletableFuture<T> callAsync(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get().handle((done, error) -> {
                if (error != null) {
                    throw failed(error);
                }
                return done;
            });
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(failed(e));
        }
    }

    ServiceException failed(Throwable error) {
        ServiceException answer = ServiceException.of(error);
        listener.failed(answer.code());
        return answer;
    }
}
