package io.lignum.client;

import java.util.Optional;
import java.util.OptionalLong;

/** What {@link ConsumerBuilder} was told. */
record ConsumerSettings(
        String topic,
        Start start,
        OptionalLong toOffset,
        int bufferBytes,
        boolean skipTrimmed,
        Reading reading) {

    /** From which node, and what has to be there. */
    record Reading(
            Optional<String> preferred,
            boolean ownWrites,
            boolean linearizable,
            WhenTruncated whenTruncated) {

        static final Reading DEFAULT =
                new Reading(Optional.empty(), true, false, WhenTruncated.FAIL);
    }

    static ConsumerSettings of(String topic) {
        return new ConsumerSettings(
                topic, Start.BEGINNING, OptionalLong.empty(), 4 << 20, false, Reading.DEFAULT);
    }

    boolean linearizable() {
        return reading.linearizable;
    }

    ConsumerSettings withStart(Start value) {
        return new ConsumerSettings(topic, value, toOffset, bufferBytes, skipTrimmed, reading);
    }

    ConsumerSettings withToOffset(OptionalLong value) {
        return new ConsumerSettings(topic, start, value, bufferBytes, skipTrimmed, reading);
    }

    ConsumerSettings withBufferBytes(int value) {
        return new ConsumerSettings(topic, start, toOffset, value, skipTrimmed, reading);
    }

    ConsumerSettings withSkipTrimmed(boolean value) {
        return new ConsumerSettings(topic, start, toOffset, bufferBytes, value, reading);
    }

    ConsumerSettings withPreferred(String node) {
        return with(new Reading(
                Optional.of(node), reading.ownWrites, reading.linearizable, reading.whenTruncated));
    }

    ConsumerSettings withOwnWrites(boolean value) {
        return with(
                new Reading(reading.preferred, value, reading.linearizable, reading.whenTruncated));
    }

    ConsumerSettings withLinearizable() {
        return with(new Reading(reading.preferred, reading.ownWrites, true, reading.whenTruncated));
    }

    ConsumerSettings withWhenTruncated(WhenTruncated value) {
        return with(new Reading(reading.preferred, reading.ownWrites, reading.linearizable, value));
    }

    private ConsumerSettings with(Reading value) {
        return new ConsumerSettings(topic, start, toOffset, bufferBytes, skipTrimmed, value);
    }
}
