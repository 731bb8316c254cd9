package io.lignum.server.grpc;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/** A node refused the call of an operator's command, or did not answer. */
public final class AdminFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String errorCode;
    private final boolean unknown;

    AdminFailure(@Nullable String errorCode, String message, boolean unknown, Throwable cause) {
        super(errorCode == null ? message : errorCode + ": " + message, cause);
        this.errorCode = errorCode;
        this.unknown = unknown;
    }

    /** The node's error code; empty if it did not answer with one. */
    public Optional<String> errorCode() {
        return Optional.ofNullable(errorCode);
    }

    /** Whether the call may have taken effect. */
    public boolean isUnknown() {
        return unknown;
    }
}
