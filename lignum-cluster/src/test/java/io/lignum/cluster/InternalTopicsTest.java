package io.lignum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InternalTopicsTest {

    @ParameterizedTest
    @ValueSource(strings = {"__topics", "__groups", "__lignum", "__lignum-acls"})
    void shortList_isReserved(String name) {
        assertThat(InternalTopics.isInternal(name)).isTrue();
        assertThat(InternalTopics.refusal(name)).contains(name, InternalTopics.RESERVED);
    }

    /** Programs written for Kafka use such names. */
    @ParameterizedTest
    @ValueSource(strings = {"__debezium-heartbeat.x", "__consumer_offsets", "__", "topics"})
    void otherNames_areFree(String name) {
        assertThat(InternalTopics.isInternal(name)).isFalse();
    }
}
