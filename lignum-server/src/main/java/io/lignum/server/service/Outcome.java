package io.lignum.server.service;

/** What a failed call did to the data. */
public enum Outcome {
    /** Nothing; it can be sent again. */
    NOT_APPLIED,
    /** It may or may not be there; only a repeat with a producer id is safe. */
    UNKNOWN
}
