package io.lignum.server.service;

import java.time.Instant;

/**
 * A condition of this node that an operator should look at, until it ends.
 *
 * @param text a sentence with the remedy
 * @param since when the node noticed it
 */
public record NodeAlarm(Kind kind, String text, Instant since) {

    /** What an alarm is about. The name is its code in answers and metrics. */
    public enum Kind {
        /** The certificate ends soon. */
        CERTIFICATE_ENDS,
        /** The certificate has ended. */
        CERTIFICATE_ENDED,
        /** The files of TLS have changed and cannot be used; the old ones stay in use. */
        TLS_RELOAD_FAILED,
        /** Every caller that reaches the node may do everything. */
        OPEN_TO_ALL,
        /** A recovery token is valid. */
        RECOVERY_TOKEN,
        /** The node serves callers that log in only, and there is no user. */
        NO_USERS
    }
}
