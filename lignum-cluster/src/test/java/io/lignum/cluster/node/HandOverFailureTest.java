package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.node.FaultyEnvironment.HandOver;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Random;
import java.util.TreeSet;

/**
 * An Error, or a RuntimeException that no code expects, at each hand-over between the threads of a
 * node: the node reports its failure, or goes on; each pending call ends with a typed error, and
 * the other nodes go on. A sample of the hand-overs from a fixed seed, or all of them with
 * {@code -Dlignum.faults=all}.
 */
final class HandOverFailureTest {

    private static final int SAMPLES = 10;

    private static final boolean ALL = "all".equals(System.getProperty("lignum.faults"));

    private static void tryAll(HandOver at, boolean leads) {
        FaultyEnvironment none = new FaultyEnvironment(at, 0, new InternalError("never thrown"));
        new FaultyRun(none, at, leads).use();
        long count = none.passed(at);
        assertThat(count).as("hand-overs of the kind " + at).isPositive();
        Random random = new Random(ClusterScenario.SEED);
        TreeSet<Long> chosen = new TreeSet<>();
        for (long i = 1; i <= (ALL ? count : SAMPLES); i++) {
            chosen.add(ALL ? i : 1 + random.nextLong(count));
        }
        for (long nth : chosen) {
            boolean error = random.nextBoolean();
            if (ALL || error) {
                run(at, nth, new InternalError("injected at " + at + " " + nth), leads);
            }
            if (ALL || !error) {
                run(at, nth, new IllegalStateException("injected at " + at + " " + nth), leads);
            }
        }
    }

    private static void run(HandOver at, long nth, Throwable cause, boolean leads) {
        FaultyEnvironment faults = new FaultyEnvironment(at, nth, cause);
        FaultyRun run = new FaultyRun(faults, at, leads);
        run.use();
        assertThat(faults.hasFired()).as("fired: " + cause).isTrue();
        run.check(cause);
    }

    @ParameterizedTest
    @EnumSource(HandOver.class)
    void anythingThrown_atAHandOverOfTheLeader_everythingEnds(HandOver at) {
        tryAll(at, true);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OWN_FILES") // It writes none meanwhile.
    void anythingThrown_atAHandOverOfAFollower_everythingEnds(HandOver at) {
        tryAll(at, false);
    }
}
