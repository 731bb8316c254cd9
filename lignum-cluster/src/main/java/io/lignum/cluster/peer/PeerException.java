package io.lignum.cluster.peer;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * A request to another node failed. Either the peer refused it, and {@link #code} is one of its
 * error codes; or the network failed, and the code is {@link #UNREACHABLE}.
 */
public final class PeerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The peer could not be reached, did not answer in time, or the connection broke. */
    public static final String UNREACHABLE = "UNREACHABLE";

    /** The peer does not know the secret, or is of another cluster. */
    public static final String NOT_AUTHENTICATED = "NOT_AUTHENTICATED";

    /**
     * A limit of the peer.
     *
     * @param name as the configuration of its engine names it
     * @param value in the unit of that
     */
    public record Limit(String name, long value) {}

    private final String code;
    private final boolean unknown;
    private final transient @Nullable Limit limit;

    /**
     * @param unknown whether what was asked for may have been done nevertheless
     */
    public PeerException(String code, boolean unknown, String message, @Nullable Throwable cause) {
        this(code, unknown, message, cause, null);
    }

    private PeerException(
            String code,
            boolean unknown,
            String message,
            @Nullable Throwable cause,
            @Nullable Limit limit) {
        super(message, cause);
        this.code = code;
        this.unknown = unknown;
        this.limit = limit;
    }

    /** The same, which names the limit of the peer that was hit. */
    public PeerException withLimit(Limit hit) {
        return new PeerException(code, unknown, String.valueOf(getMessage()), getCause(), hit);
    }

    /** The limit of the peer that was hit. */
    public Optional<Limit> limit() {
        return Optional.ofNullable(limit);
    }

    public String code() {
        return code;
    }

    /** Whether what was asked for may have been done nevertheless. */
    public boolean isUnknown() {
        return unknown;
    }
}
