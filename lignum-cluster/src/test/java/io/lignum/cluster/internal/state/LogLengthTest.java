package io.lignum.cluster.internal.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.peer.PeerResponse;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;

/** R7: the last epoch counts first, then how much there is. */
final class LogLengthTest {

    private static PeerResponse.LogEnd end(long topic, int epoch, long end) {
        OptionalInt last = epoch == 0 ? OptionalInt.empty() : OptionalInt.of(epoch);
        return new PeerResponse.LogEnd(new UUID(0, topic), last, end);
    }

    @Test
    void youngerEpoch_beatsMoreRecords() {
        LogLength younger = LogLength.of(List.of(end(1, 3, 5), end(2, 1, 0)));
        LogLength longer = LogLength.of(List.of(end(1, 2, 500), end(2, 2, 500)));
        assertThat(younger.isLongerThan(longer)).isTrue();
        assertThat(longer.isLongerThan(younger)).isFalse();
    }

    @Test
    void sameEpoch_isDecidedByAllRecordsTogether() {
        LogLength more = LogLength.of(List.of(end(1, 3, 5), end(2, 3, 6)));
        LogLength less = LogLength.of(List.of(end(1, 3, 10), end(2, 2, 0)));
        assertThat(more.isLongerThan(less)).isTrue();
        assertThat(more.isLongerThan(more)).isFalse();
    }

    @Test
    void emptyLogs_areTheShortest() {
        LogLength none = LogLength.of(List.of());
        assertThat(none.isLongerThan(LogLength.of(List.of(end(1, 0, 0))))).isFalse();
        assertThat(LogLength.of(List.of(end(1, 1, 1))).isLongerThan(none)).isTrue();
    }
}
