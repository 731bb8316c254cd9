package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.sim.SimulatedCluster;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Tests the checker of histories: it must find each change to an intact history. */
final class DoctoredHistoryTest {

    private static final int CALLS = 300;

    private final SimulatedCluster cluster = new SimulatedCluster(1, 3).start();
    private final Clients clients = new Clients(cluster, new Random(1));
    private List<String> live = List.of();

    @BeforeEach
    void soundHistory() {
        for (int i = 0; i < CALLS; i++) {
            clients.act(cluster.leader());
            cluster.run(Duration.ofMillis(20));
        }
        cluster.run(Duration.ofSeconds(2));
        live = List.copyOf(SimulatedCluster.read(cluster.leader(), Clients.LIVE));
    }

    private void assertFound(List<String> doctored, String what) {
        assertThatThrownBy(() -> clients.judge(Clients.LIVE, doctored))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(what);
    }

    @Test
    void theHistoryItself_isSound() {
        assertThatCode(() -> clients.judge(Clients.LIVE, live)).doesNotThrowAnyException();
        clients.assertNoViolation();
    }

    @Test
    void lostRecord_isFound() {
        for (int lost = 0; lost < live.size(); lost++) {
            List<String> doctored = new ArrayList<>(live);
            doctored.remove(lost);
            assertFound(doctored, "V9");
        }
    }

    @Test
    void lostTail_isFound() {
        assertFound(live.subList(0, live.size() - 1), "V9");
    }

    @Test
    void recordThatIsThereTwice_isFound() {
        List<String> doctored = new ArrayList<>(live);
        doctored.add(live.get(3));
        assertFound(doctored, "duplicate");
    }

    @Test
    void recordsInAnotherOrder_areFound() {
        List<String> doctored = new ArrayList<>(live);
        Collections.swap(doctored, 4, 5);
        assertFound(doctored, "V9");
    }

    @Test
    void otherRecordInItsPlace_isFound() {
        List<String> doctored = new ArrayList<>(live);
        doctored.set(2, "never sent");
        assertFound(doctored, "V9");
    }

    @Test
    void refusedRecordThatIsThere_isFound() {
        clients.refused(Clients.LIVE, "refused");
        List<String> doctored = new ArrayList<>(live);
        doctored.add("refused");
        assertFound(doctored, "refused");
    }
}
