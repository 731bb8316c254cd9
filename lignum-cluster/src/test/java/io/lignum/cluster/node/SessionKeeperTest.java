package io.lignum.cluster.node;

import static io.lignum.cluster.sim.Samples.A;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.internal.leader.LoneLeader;
import io.lignum.cluster.internal.state.SessionKeeper;
import io.lignum.cluster.sim.CoordinatorFault;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** R3 and R8: one session at a time, and none that is given up lives on. */
final class SessionKeeperTest implements SessionKeeper.Listener {

    private final LoneLeader leader = new LoneLeader(1, A);
    private final List<String> opened = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();
    private final SessionKeeper keeper = new SessionKeeper(
            leader.context, new Registration("keeper", "lignum", "keeper", 8126), this);

    @Override
    public void sessionOpened(String session) {
        opened.add(session);
    }

    @Override
    public void sessionLost(String session) {
        lost.add(session);
    }

    @Override
    public boolean leads() {
        return true;
    }

    /**
     * The checks that the process goes on to pass would keep it, and with it the lock, for twice
     * its time.
     */
    @Test
    void sessionThatIsGivenUp_isDestroyed_howeverOftenThatIsLost() {
        keeper.start();
        leader.run(Duration.ofSeconds(1));
        leader.coordinators.plan(LoneLeader.SELF.nodeId(), CoordinatorFault.LOST);
        keeper.replace();
        leader.run(Duration.ofSeconds(2));
        assertThat(leader.coordinators.alive(opened.get(0))).isTrue();
        leader.run(Duration.ofSeconds(2));
        assertThat(opened).hasSize(2);
        assertThat(leader.coordinators.alive(opened.get(0))).isFalse();
        assertThat(leader.coordinators.alive(opened.get(1))).isTrue();
    }

    /** R4: the checks pass, although the session has ended. */
    @Test
    void leaderWhoseSessionEnded_knowsWithinSeconds() {
        keeper.start();
        leader.run(Duration.ofSeconds(6));
        leader.await(leader.coordinator().destroy(opened.get(0)));
        leader.run(Duration.ofMillis(1100));
        assertThat(lost).containsExactly(opened.get(0));
    }
}
