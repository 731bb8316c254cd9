package io.lignum.client.internal.consumer;

import io.lignum.client.StoredPosition;
import io.lignum.client.WhenRecreated;
import io.lignum.client.WhenTruncated;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The settings of a consumer.
 *
 * @param start where to start, unless there is a position to resume
 * @param resumed the position to resume at; the log must reach up to it
 */
record ConsumerSettings(
        String topic,
        Start start,
        Optional<StoredPosition> resumed,
        OptionalLong toOffset,
        int bufferBytes,
        boolean skipTrimmed,
        Reading reading) {

    /** Which nodes may be read from, and what to do when a log is not the one that was read. */
    record Reading(
            Optional<String> preferred,
            boolean ownWrites,
            boolean linearizable,
            WhenTruncated whenTruncated,
            WhenRecreated whenRecreated) {

        static final Reading DEFAULT =
                new Reading(Optional.empty(), true, false, WhenTruncated.FAIL, WhenRecreated.FAIL);
    }

    static ConsumerSettings of(String topic) {
        return new ConsumerSettings(
                topic,
                Start.BEGINNING,
                Optional.empty(),
                OptionalLong.empty(),
                4 << 20,
                false,
                Reading.DEFAULT);
    }

    boolean linearizable() {
        return reading.linearizable;
    }

    ConsumerSettings withStart(Start value) {
        return new ConsumerSettings(
                topic, value, resumed, toOffset, bufferBytes, skipTrimmed, reading);
    }

    ConsumerSettings withResumed(Optional<StoredPosition> value) {
        return new ConsumerSettings(
                topic, start, value, toOffset, bufferBytes, skipTrimmed, reading);
    }

    ConsumerSettings withToOffset(OptionalLong value) {
        return new ConsumerSettings(
                topic, start, resumed, value, bufferBytes, skipTrimmed, reading);
    }

    ConsumerSettings withBufferBytes(int value) {
        return new ConsumerSettings(topic, start, resumed, toOffset, value, skipTrimmed, reading);
    }

    ConsumerSettings withSkipTrimmed(boolean value) {
        return new ConsumerSettings(topic, start, resumed, toOffset, bufferBytes, value, reading);
    }

    ConsumerSettings withPreferred(String node) {
        return with(new Reading(
                Optional.of(node),
                reading.ownWrites,
                reading.linearizable,
                reading.whenTruncated,
                reading.whenRecreated));
    }

    ConsumerSettings withOwnWrites(boolean value) {
        return with(new Reading(
                reading.preferred,
                value,
                reading.linearizable,
                reading.whenTruncated,
                reading.whenRecreated));
    }

    ConsumerSettings withLinearizable() {
        return with(new Reading(
                reading.preferred,
                reading.ownWrites,
                true,
                reading.whenTruncated,
                reading.whenRecreated));
    }

    ConsumerSettings withWhenTruncated(WhenTruncated value) {
        return with(new Reading(
                reading.preferred,
                reading.ownWrites,
                reading.linearizable,
                value,
                reading.whenRecreated));
    }

    ConsumerSettings withWhenRecreated(WhenRecreated value) {
        return with(new Reading(
                reading.preferred,
                reading.ownWrites,
                reading.linearizable,
                reading.whenTruncated,
                value));
    }

    private ConsumerSettings with(Reading value) {
        return new ConsumerSettings(
                topic, start, resumed, toOffset, bufferBytes, skipTrimmed, value);
    }
}
