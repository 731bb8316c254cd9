package io.lignum.client;

import java.util.OptionalLong;

/** What {@link ConsumerBuilder} was told. */
record ConsumerSettings(
        String topic, Start start, OptionalLong toOffset, int bufferBytes, boolean skipTrimmed) {

    static ConsumerSettings of(String topic) {
        return new ConsumerSettings(topic, Start.BEGINNING, OptionalLong.empty(), 4 << 20, false);
    }

    ConsumerSettings withStart(Start value) {
        return new ConsumerSettings(topic, value, toOffset, bufferBytes, skipTrimmed);
    }

    ConsumerSettings withToOffset(OptionalLong value) {
        return new ConsumerSettings(topic, start, value, bufferBytes, skipTrimmed);
    }

    ConsumerSettings withBufferBytes(int value) {
        return new ConsumerSettings(topic, start, toOffset, value, skipTrimmed);
    }

    ConsumerSettings withSkipTrimmed(boolean value) {
        return new ConsumerSettings(topic, start, toOffset, bufferBytes, value);
    }
}
