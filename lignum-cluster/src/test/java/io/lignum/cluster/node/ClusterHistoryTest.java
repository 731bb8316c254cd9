package io.lignum.cluster.node;

import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories; the seed of one that fails is in its message. */
final class ClusterHistoryTest {

    private static final long SEED = Long.getLong("lignum.seed", 1);
    private static final int ROUNDS = Integer.getInteger("lignum.rounds", 220);
    private static final int SHOWN = 20;
    private static final int HALVES = 2;

    /** Each history is one thread's; two run at a time. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @Execution(ExecutionMode.CONCURRENT)
    void randomFaults_loseNothingAcknowledged(int half) {
        for (int i = half; i < ROUNDS; i += HALVES) {
            long seed = SEED + i;
            try {
                ClusterHistory history = HistoryRun.of(seed);
                history.run();
                if (ROUNDS <= SHOWN) {
                    System.out.println(history.summary());
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dlignum.seed=" + seed + " -Dlignum.rounds=1", e);
            }
        }
    }
}
