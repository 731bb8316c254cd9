package io.lignum.cluster.sim;

/** What can happen to one request on its way to a {@link MemoryCoordinator}. */
public enum CoordinatorFault {
    /** Arrives, and so does the answer. */
    NONE,
    /** Never arrives; the caller's time runs out. */
    LOST,
    /** Takes effect, but the caller gets an error. */
    ANSWER_LOST,
    /** Has its effect a while later, mostly after the caller's time ran out. */
    LATE,
    /**
     * Sent twice on the way; both copies have their effect, and the second's answer is returned.
     */
    RESENT,
    /** Answered with an error, without an effect. */
    REJECTED
}
