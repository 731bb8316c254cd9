package io.lignum.client;

/**
 * What a consumer does when its topic was deleted and created again. The offsets of the old topic
 * have no meaning in the new one.
 */
public enum WhenRecreated {
    /** The consumer ends with {@link LignumException.TopicRecreated}. */
    FAIL,
    /** The consumer reads the new topic from where the builder's {@code from...} says. */
    START_OVER
}
