package io.lignum.client.internal.producer;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.LongStream;

/**
 * The producer's state machine and what it knows of the nodes, in a cluster whose leaders fail:
 * seeded runs of {@link FailoverRun}.
 */
class FailoverTest {

    static LongStream seeds() {
        return LongStream.concat(
                LongStream.rangeClosed(1, 60), LongStream.of(Long.getLong("lignum.seed", 61)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyNodeLeads_everyRecordIsThereOnceInOrderOrFailedAsItSays(long seed) {
        new FailoverRun(seed, false).run();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void failoversThatLoseAcknowledgedRecords_repeatNothingAndHangNowhere(long seed) {
        new FailoverRun(seed, true).run();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void leaderThatIsCutOffAndRefusesAtOnce_isLeftForTheOneThatTheOthersName(long seed) {
        new FailoverRun(seed, false).runIsolated();
    }
}
