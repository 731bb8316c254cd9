package io.lignum.cluster;

import org.junit.jupiter.api.Test;

/** Random histories; the seed of one that fails is in its message. */
final class ClusterHistoryTest {

    private static final long SEED = Long.getLong("lignum.seed", 1);
    private static final int ROUNDS = Integer.getInteger("lignum.rounds", 2000);
    private static final int SHOWN = 20;

    @Test
    void randomFaults_loseNothingAcknowledged() {
        for (int i = 0; i < ROUNDS; i++) {
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
