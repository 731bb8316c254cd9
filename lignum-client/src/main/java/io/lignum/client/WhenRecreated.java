package io.lignum.client;

/**
 * What a consumer does when the topic that it has read, or whose position it resumes, was deleted
 * and created again: the offsets of one mean nothing in the other.
 */
public enum WhenRecreated {
    /** Ends with {@link LignumException.TopicRecreated}. */
    FAIL,
    /** Reads the new topic from where the builder's {@code from...} says. */
    START_OVER
}
