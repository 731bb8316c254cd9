package io.lignum.cluster.peer;

import org.jspecify.annotations.Nullable;

/**
 * A question was not answered. Either the peer refused it and said why: {@link #code} is one of its error codes,
 * or the network failed: the code is {@link #UNREACHABLE}.
 */
public final class PeerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The peer could not be reached, did not answer in time, or the connection broke. */
    public static final String UNREACHABLE = "UNREACHABLE";

    /** The peer does not know the secret, or is of another cluster. */
    public static final String NOT_AUTHENTICATED = "NOT_AUTHENTICATED";

    private final String code;
    private final boolean unknown;

    /**
     * @param unknown whether what was asked for may have been done nevertheless
     */
    public PeerException(String code, boolean unknown, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.unknown = unknown;
    }

    public String code() {
        return code;
    }

    /** Whether what was asked for may have been done nevertheless. */
    public boolean isUnknown() {
        return unknown;
    }
}
