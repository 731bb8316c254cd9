package io.lignum.storage.stress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

/** {@code make stress MINUTES=10 SEED=7} runs it for longer, or with another seed. */
class EngineStressTest {

    @TempDir
    Path directory;

    @Test
    void threadsThatUseAStoreInEveryWayAtOnce_findEveryAcknowledgedRecord_andNothingStuck()
            throws Exception {
        long seed = Long.getLong("lignum.seed", 20_261_130);
        Duration duration = Duration.ofSeconds(Integer.getInteger("lignum.stress.seconds", 18));
        try {
            String done = new EngineStress(directory, seed).run(duration);
            System.out.println("stress of the engine with seed " + seed + ": " + done);
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
