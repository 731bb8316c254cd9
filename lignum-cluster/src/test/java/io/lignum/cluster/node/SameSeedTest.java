package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Set;

/** A seed that fails is worth something only if it fails again. */
final class SameSeedTest {

    private static final int SEEDS = 6;

    @Test
    void sameSeed_isTheSameHistoryToTheByte_andAnotherSeedIsAnother() {
        Set<String> traces = new HashSet<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            String once = trace(seed);
            assertThat(trace(seed)).as("seed %d", seed).isEqualTo(once);
            traces.add(once);
        }
        assertThat(traces).hasSize(SEEDS);
    }

    private static String trace(long seed) {
        ClusterHistory history = HistoryRun.of(seed);
        history.run();
        return history.trace();
    }
}
