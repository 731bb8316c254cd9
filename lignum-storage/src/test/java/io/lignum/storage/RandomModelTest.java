package io.lignum.storage;

import org.junit.jupiter.api.Test;

/**
 * Random histories against a model. {@code -Dlignum.campaign=100} runs a hundred times as many,
 * {@code -Dlignum.seed=N} begins at the seed that a failure named.
 */
class RandomModelTest {

    private static final int HISTORIES = 150;
    private static final int OPERATIONS = 150;

    @Test
    void randomHistories_agreeWithTheModel() {
        long seed = Long.getLong("lignum.seed", 1);
        int histories = HISTORIES * Integer.getInteger("lignum.campaign", 1);
        for (long i = seed; i < seed + histories; i++) {
            ModelRun run = new ModelRun(i);
            try {
                run.run(OPERATIONS);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("-Dlignum.seed=" + i + " after " + run.history, e);
            }
        }
    }
}
