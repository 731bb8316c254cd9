package io.lignum.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestKeyTest {

    @ParameterizedTest
    @CsvSource({"kitten, sitting, 3", "'', abc, 3", "abc, abc, 0", "ab, ba, 2", "abc, '', 3"})
    void distance_countsSingleEdits(String left, String right, int edits) {
        assertThat(NearestKey.distance(left, right)).isEqualTo(edits);
    }
}
