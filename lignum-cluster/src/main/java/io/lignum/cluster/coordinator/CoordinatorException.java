package io.lignum.cluster.coordinator;

import org.jspecify.annotations.Nullable;

/** The coordinator did not answer, or not sensibly: whether the call had an effect is unknown. */
public final class CoordinatorException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CoordinatorException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
