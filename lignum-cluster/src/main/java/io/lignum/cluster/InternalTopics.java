package io.lignum.cluster;

import io.lignum.storage.TopicLog;

/**
 * The rule for reserved names: topics whose name begins with two underscores are internal, and
 * hidden from users.
 */
public final class InternalTopics {

    private static final String PREFIX = "__";

    private InternalTopics() {}

    public static boolean isInternal(String name) {
        return name.startsWith(PREFIX);
    }

    public static boolean isInternal(TopicLog log) {
        return isInternal(log.name());
    }
}
