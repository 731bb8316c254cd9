package io.lignum.cluster.node;

import static io.lignum.cluster.sim.Samples.A;
import static io.lignum.cluster.sim.Samples.B;
import static io.lignum.cluster.sim.Samples.C;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.sim.Samples;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

/** R2, R6, R8 and R22: what each kind of change makes of the state, and what it leaves alone. */
final class ClusterStateTest {

    private static final ClusterState STATE = Samples.state(2, A, B, C);

    @Test
    void election_takesTheNextEpoch_andKeepsTheReplicas() {
        ClusterState.Leader winner = new ClusterState.Leader(B, "session-b");
        ClusterState after = STATE.handedOver(Optional.of("b"), "m").elected(winner, "x");
        assertThat(after.epoch()).isEqualTo(6);
        assertThat(after.version()).isEqualTo(12);
        assertThat(after.isr()).isEqualTo(STATE.isr());
        assertThat(after.minIsr()).isEqualTo(2);
        assertThat(after.transferTo()).isEmpty();
        assertThat(after.isLedBy(B, "session-b")).isTrue();
        assertThat(after.isLedBy(B, "another")).isFalse();
        assertThat(after.isLedBy(Samples.member("b", 2), "session-b")).isFalse();
    }

    @Test
    void handOver_keepsTheEpoch() {
        ClusterState after = STATE.handedOver(Optional.of("b"), "x");
        assertThat(after.epoch()).isEqualTo(5);
        assertThat(after.leader()).isEmpty();
        assertThat(after.transferTo()).contains("b");
    }

    @Test
    void recovery_leavesTheSurvivorAlone() {
        ClusterState after = ClusterState.recovered(11, Samples.CLUSTER, B, 8, "x");
        assertThat(after.isr()).containsExactly(B);
        assertThat(after.minIsr()).isEqualTo(1);
        assertThat(after.uncleanEpoch()).isEmpty();
        assertThat(ClusterState.recovered(11, Samples.CLUSTER, B, 8, "x")
                        .unclean()
                        .uncleanEpoch())
                .hasValue(8);
    }

    @Test
    void replicas_areCountedByIncarnation() {
        assertThat(STATE.hasInSync(B)).isTrue();
        assertThat(STATE.hasInSync(Samples.member("b", 2))).isFalse();
        assertThat(STATE.isrWith(Samples.member("b", 2)))
                .containsExactly(A, C, Samples.member("b", 2));
        assertThat(STATE.isrWithout("b")).containsExactly(A, C);
    }

    @Test
    void setThatCannotBe_isRefused() {
        assertThatThrownBy(() -> STATE.withIsr(List.of(), 1, "x"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> STATE.withIsr(List.of(A), 2, "x"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> STATE.withIsr(List.of(A), 0, "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void olderMeansEpochFirst_thenVersion() {
        NodeIdentity seen = NodeIdentity.fresh(A).seen(5, 10);
        assertThat(seen.isOlder(4, 99)).isTrue();
        assertThat(seen.isOlder(5, 9)).isTrue();
        assertThat(seen.isOlder(5, 10)).isFalse();
        assertThat(seen.isOlder(6, 1)).isFalse();
        assertThat(seen.seen(5, 9)).isEqualTo(seen);
        assertThat(seen.atEpoch(7).atEpoch(3).epoch()).isEqualTo(7);
    }
}
