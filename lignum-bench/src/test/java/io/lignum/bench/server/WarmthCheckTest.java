package io.lignum.bench.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmthCheckTest {

    private final WarmthCheck check = new WarmthCheck();

    private long roundsUntilWarm(double... cpuEach) {
        long rounds = 0;
        for (double cpu : cpuEach) {
            rounds++;
            if (check.isWarm(cpu)) {
                return rounds;
            }
        }
        throw new AssertionError("never warm");
    }

    @Test
    void serverWhoseCpuTimeStaysTheSame_isWarmAfterThreeMoreRounds() {
        assertThat(roundsUntilWarm(100, 100, 100, 100, 100)).isEqualTo(4);
    }

    @Test
    void serverWhoseCpuTimeFalls_isNotWarmUntilItStops() {
        assertThat(roundsUntilWarm(900, 500, 510, 490, 300, 200, 199, 210, 198)).isEqualTo(9);
    }

    @Test
    void smallStepsDown_countOnceTheyAddUp() {
        assertThat(roundsUntilWarm(100, 97, 96, 94, 93, 92, 91)).isEqualTo(7);
    }
}
