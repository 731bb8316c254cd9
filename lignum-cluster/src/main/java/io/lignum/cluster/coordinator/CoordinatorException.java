package io.lignum.cluster.coordinator;

import org.jspecify.annotations.Nullable;

/**
 * The coordinator did not answer, or its answer was invalid. It is unknown whether the call had an
 * effect.
 */
public final class CoordinatorException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CoordinatorException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
