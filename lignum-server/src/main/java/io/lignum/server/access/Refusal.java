package io.lignum.server.access;

/**
 * Why a call is not served.
 *
 * @param message one sentence for the caller, which says what to do
 */
public record Refusal(Reason reason, String message) {

    /** The kinds of refusals. */
    public enum Reason {
        /** The caller is on another host, and the node serves its own only. */
        OTHER_HOST,
        /** A proxy passed on the call, and the node serves its own host only. */
        PROXY,
        /** The call names the node by a name that is not one of its own: DNS rebinding. */
        HOST_NAME,
        /** A web page of another site made a browser send the call. */
        CROSS_ORIGIN
    }
}
