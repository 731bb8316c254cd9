package io.lignum.access.login;

/** A caller could not be authenticated. */
public final class LoginException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** The credentials are wrong. Trying again with the same ones is of no use. */
        WRONG_CREDENTIALS,
        /** Too many callers are being authenticated, or wait because of failures before. */
        OVERLOADED
    }

    private final Reason reason;

    LoginException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
