package io.lignum.storage.env;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/** Receives the completion of a force. */
@FunctionalInterface
public interface ForceCallback {

    /** Called exactly once; {@code failure} is null when the bytes are durable. */
    void completed(@Nullable IOException failure);
}
