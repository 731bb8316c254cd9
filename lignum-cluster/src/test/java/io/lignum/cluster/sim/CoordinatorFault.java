package io.lignum.cluster.sim;

/** A fault of one request to a {@link MemoryCoordinator}. */
public enum CoordinatorFault {
    /** The request and its response arrive. */
    NONE,
    /** The request never arrives; the caller's timeout passes. */
    LOST,
    /** Takes effect, but the caller gets an error. */
    ANSWER_LOST,
    /** Takes effect later, mostly after the caller's timeout. */
    LATE,
    /** Sent twice; both copies take effect, and the second response is returned. */
    RESENT,
    /** Refused with an error, without an effect. */
    REJECTED
}
