package io.lignum.server.service;

import io.lignum.cluster.InternalTopics;

import java.util.regex.Pattern;

/** What a client may call a topic. */
final class TopicNames {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    private TopicNames() {}

    /** ServiceException says what is wrong with it. */
    static void check(String name) {
        if (name.isEmpty()) {
            throw ServiceException.invalid("topic", "no topic is named");
        }
        if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw ServiceException.refusedField(
                    ErrorCode.INVALID_TOPIC,
                    "topic",
                    "a topic's name is 1 to 249 of a-z A-Z 0-9 . _ - and neither \".\" nor \"..\"");
        }
        refuseInternal(name);
    }

    static void refuseInternal(String name) {
        if (InternalTopics.isInternal(name)) {
            throw ServiceException.refusedField(
                    ErrorCode.INVALID_TOPIC,
                    "topic",
                    "names that begin with __ are reserved for Lignum");
        }
    }

    static ServiceException tooMany(String name, int limit) {
        return ServiceException.overLimit(
                ErrorCode.TOO_MANY_TOPICS,
                "limits.max-topics",
                limit,
                "topic " + name + " cannot be created, there are too many");
    }
}
