package io.lignum.server.cli;

import io.lignum.client.LignumClient;
import io.lignum.client.TopicDescription;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;

/** The position where a read begins, as the user specifies it. */
final class Position {

    /**
     * Offsets to read.
     *
     * @param start inclusive
     * @param end exclusive, as of the look-up
     */
    record Range(long start, long end) {}

    private Position() {}

    /** Refuses text without a meaning, before a node is asked. */
    static void check(String text) {
        if (!text.equals("beginning") && !text.equals("end") && number(text).isEmpty()) {
            time(text);
        }
    }

    static Range resolve(LignumClient client, String topic, String text) {
        TopicDescription found = Connect.await(client.topics().describe(topic));
        long start = found.logStart();
        long end = found.logEnd();
        OptionalLong number = number(text);
        if (text.equals("beginning")) {
            return new Range(start, end);
        }
        if (text.equals("end")) {
            return new Range(end, end);
        }
        if (number.isPresent() && text.startsWith("-")) {
            return new Range(Math.max(start, end + number.getAsLong()), end);
        }
        if (number.isPresent()) {
            long offset = number.getAsLong();
            if (offset < start || offset > end) {
                throw CommandFailure.failed("offset " + offset + " is not in topic " + topic
                        + ", whose range is " + start + ".." + end
                        + " (end exclusive); --from beginning and --from end always work");
            }
            return new Range(offset, end);
        }
        OptionalLong at = Connect.await(client.topics().findOffset(topic, time(text)));
        return new Range(at.orElse(end), end);
    }

    private static OptionalLong number(String text) {
        try {
            return text.startsWith("+")
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw CommandFailure.usage(
                    "--from: '" + text + "' is not one of beginning, end, an offset,"
                            + " -N, or a time such as 2026-11-22T08:00:00Z");
        }
    }
}
