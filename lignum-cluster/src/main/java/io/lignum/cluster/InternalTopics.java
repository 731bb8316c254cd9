package io.lignum.cluster;

import io.lignum.storage.TopicLog;

import java.util.Set;

/**
 * The one rule for reserved topic names: a short list, and a prefix for later releases. These
 * topics are Lignum's own, and users never see them. Other names that begin with two underscores
 * are free, because programs written for Kafka use them.
 */
public final class InternalTopics {

    /** The log of the changes to topics. */
    public static final String METADATA = "__topics";

    /** The log of users, tokens and grants, which the server keeps. */
    public static final String SECURITY = "__lignum_security";

    /** For users and errors. */
    public static final String RESERVED = "__topics, __groups and names that begin with __lignum";

    private static final Set<String> NAMES = Set.of(METADATA, "__groups");
    private static final String PREFIX = "__lignum";

    private InternalTopics() {}

    public static boolean isInternal(String name) {
        return NAMES.contains(name) || name.startsWith(PREFIX);
    }

    public static boolean isInternal(TopicLog log) {
        return isInternal(log.name());
    }

    /** Whether the cluster alone creates and writes this topic; the server has others. */
    public static boolean isOfCluster(String name) {
        return name.equals(METADATA);
    }

    /** The text of the error for a caller that names one. */
    public static String refusal(String name) {
        return "topic name " + name + " is reserved: " + RESERVED + " are Lignum's own";
    }
}
