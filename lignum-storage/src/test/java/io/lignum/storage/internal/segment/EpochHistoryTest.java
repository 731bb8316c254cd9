package io.lignum.storage.internal.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EpochHistoryTest {

    /** Epoch 1 from 10, 4 from 25, 5 from 30. */
    private static final EpochHistory HISTORY =
            EpochHistory.EMPTY.with(1, 10).with(1, 17).with(4, 25).with(5, 30).with(5, 31);

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1, 1, 25", "3, 1, 25", "4, 4, 30", "5, 5, 42", "99, 5, 42"})
    void largestEpochNotAbove_isFoundWithItsEnd(int asked, int epoch, long end) {
        assertThat(HISTORY.endOf(asked, 42)).isEqualTo(new EpochHistory.End(epoch, end));
    }

    @ParameterizedTest
    @CsvSource({"31, 5", "30, 4", "25, 1", "11, 1", "10, 0", "0, 0"})
    void truncation_forgetsEpochsThatBeginAtOrAboveIt(long offset, int last) {
        assertThat(HISTORY.truncatedTo(offset).last()).isEqualTo(last);
    }

    @ParameterizedTest
    @CsvSource({"24, 1, 25", "25, 0, 0", "29, 0, 0"})
    void trimming_forgetsEpochsThatEndAtOrBelowIt(long offset, int epoch, long end) {
        assertThat(HISTORY.trimmedTo(offset).endOf(1, 42))
                .isEqualTo(new EpochHistory.End(epoch, end));
        assertThat(HISTORY.trimmedTo(offset).last()).isEqualTo(5);
    }

    @Test
    void epochThatGoesBack_breaksAnInvariant() {
        assertThatThrownBy(() -> HISTORY.with(4, 50)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void emptyHistory_isEpoch0EndingAt0() {
        assertThat(EpochHistory.EMPTY.endOf(7, 0)).isEqualTo(new EpochHistory.End(0, 0));
        assertThat(EpochHistory.EMPTY.isEmpty()).isTrue();
    }
}
