package io.lignum.server.access;

/**
 * The reason why a call is refused.
 *
 * @param message one sentence for the caller that says what to do
 */
public record Refusal(Reason reason, String message) {

    /** The kinds of refusals. */
    public enum Reason {
        /** The caller is on another host, and the node serves its own host only. */
        OTHER_HOST,
        /** A proxy forwarded the call, and the node serves its own host only. */
        PROXY,
        /** The call carries a host name that is not one of the node's: DNS rebinding. */
        HOST_NAME,
        /** A web page of another site made a browser send the call. */
        CROSS_ORIGIN,
        /** A password or token came from another host over a connection without TLS. */
        PLAIN_CREDENTIALS,
        /** The call has no credentials, or wrong ones. */
        NOT_AUTHENTICATED,
        /** The caller is known, and no grant allows the call. */
        NOT_GRANTED,
        /** Too many callers log in at once. */
        TOO_MANY_LOGINS,
        /** The node has not read the users and grants yet. */
        NOT_LOADED
    }
}
