package io.lignum.storage;

/** Says what an error means for the data of the call that failed. */
public enum Outcome {
    /** Nothing was appended or changed, and nothing will be: safe to try again. */
    NOT_APPLIED,
    /**
     * The change may or may not apply, now or after a restart. Safe to repeat with a producer id
     * only.
     */
    UNKNOWN
}
