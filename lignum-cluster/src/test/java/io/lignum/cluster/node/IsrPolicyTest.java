package io.lignum.cluster.node;

import static io.lignum.cluster.sim.Samples.A;
import static io.lignum.cluster.sim.Samples.B;
import static io.lignum.cluster.sim.Samples.C;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.IsrPolicy;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.sim.Samples;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.Set;

/** R16, R17 and R35. */
final class IsrPolicyTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final IsrPolicy policy = new IsrPolicy(OptionalInt.empty(), LIMIT);

    private static IsrPolicy.Standing fit(Member member) {
        return new IsrPolicy.Standing(member, true, true, 0, true, false);
    }

    @Test
    void fitFollower_isAdded_andTheMinimumGrowsToAMajority() {
        ClusterState two = policy.add(Samples.state(1, A), fit(B), 3, "x").orElseThrow();
        assertThat(two.isr()).containsExactly(A, B);
        assertThat(two.minIsr()).isEqualTo(2);
        assertThat(two.version()).isEqualTo(11);
        assertThat(two.nonce()).isEqualTo("x");
        ClusterState three = policy.add(two, fit(C), 3, "x").orElseThrow();
        assertThat(three.minIsr()).isEqualTo(2);
    }

    @Test
    void fiveNodes_raiseTheMinimumOnlyWhenThreeAreInSync() {
        ClusterState state = Samples.state(1, A);
        state = policy.add(state, fit(B), 5, "x").orElseThrow();
        assertThat(state.minIsr()).isEqualTo(1);
        state = policy.add(state, fit(C), 5, "x").orElseThrow();
        assertThat(state.minIsr()).isEqualTo(3);
        state = policy.add(state, fit(Samples.member("d", 1)), 5, "x").orElseThrow();
        assertThat(state.minIsr()).isEqualTo(3);
    }

    @Test
    void configuredMinimum_isTakenAsItIs() {
        IsrPolicy one = new IsrPolicy(OptionalInt.of(1), LIMIT);
        assertThat(one.add(Samples.state(1, A), fit(B), 3, "x").orElseThrow().minIsr())
                .isEqualTo(1);
        IsrPolicy three = new IsrPolicy(OptionalInt.of(3), LIMIT);
        ClusterState two = three.add(Samples.state(1, A), fit(B), 3, "x").orElseThrow();
        assertThat(two.minIsr()).isEqualTo(1);
        assertThat(three.add(two, fit(C), 3, "x").orElseThrow().minIsr()).isEqualTo(3);
    }

    @Test
    void whoLacksAnything_isNotAdded() {
        ClusterState state = Samples.state(1, A);
        assertThat(policy.add(state, new IsrPolicy.Standing(B, false, true, 0, true, false), 3, ""))
                .isEmpty();
        assertThat(policy.add(state, new IsrPolicy.Standing(B, true, false, 0, true, false), 3, ""))
                .isEmpty();
        assertThat(policy.add(state, new IsrPolicy.Standing(B, true, true, 0, false, false), 3, ""))
                .isEmpty();
        assertThat(policy.add(state, new IsrPolicy.Standing(B, true, true, 0, true, true), 3, ""))
                .isEmpty();
        assertThat(policy.add(Samples.state(1, A, B), fit(B), 3, "")).isEmpty();
    }

    @Test
    void newIncarnation_takesTheOldOnesPlace() {
        Member renewed = Samples.member("b", 2);
        ClusterState after =
                policy.add(Samples.state(2, A, B), fit(renewed), 3, "x").orElseThrow();
        assertThat(after.isr()).containsExactly(A, renewed);
        assertThat(after.minIsr()).isEqualTo(2);
    }

    @Test
    void lost_meansWithoutASession_orWithoutProgressBeyondTheLimit() {
        assertThat(policy.isLost(fit(B))).isFalse();
        assertThat(policy.isLost(new IsrPolicy.Standing(B, true, false, 0, false, false)))
                .isTrue();
        long limit = LIMIT.toNanos();
        assertThat(policy.isLost(new IsrPolicy.Standing(B, true, false, limit, true, false)))
                .isFalse();
        assertThat(policy.isLost(new IsrPolicy.Standing(B, true, false, limit + 1, true, false)))
                .isTrue();
    }

    @Test
    void lostMembers_areRemovedOnlyDownToTheMinimum() {
        ClusterState all = Samples.state(2, A, B, C);
        ClusterState after =
                IsrPolicy.remove(all, Set.of(B, C)::contains, "a", "x").orElseThrow();
        assertThat(after.isr()).hasSize(2).contains(A);
        assertThat(after.version()).isEqualTo(11);
        assertThat(IsrPolicy.remove(after, Set.of(B, C)::contains, "a", "x")).isEmpty();
    }

    @Test
    void leaderNeverRemovesItself_andWithoutALostNodeNothingChanges() {
        ClusterState all = Samples.state(1, A, B);
        assertThat(IsrPolicy.remove(all, A::equals, "a", "x")).isEmpty();
        assertThat(IsrPolicy.remove(all, member -> false, "a", "x")).isEmpty();
    }

    @Test
    void decommissioned_goesFirst_andTheMinimumFollowsTheRest() {
        ClusterState all = Samples.state(2, A, B, C);
        ClusterState two = policy.decommission(all, "c", 2, "x").orElseThrow();
        assertThat(two.isr()).containsExactly(A, B);
        assertThat(two.minIsr()).isEqualTo(2);
        ClusterState one = policy.decommission(two, "b", 1, "x").orElseThrow();
        assertThat(one.isr()).containsExactly(A);
        assertThat(one.minIsr()).isEqualTo(1);
        assertThat(policy.decommission(one, "a", 0, "x")).isEmpty();
    }

    @Test
    void decommission_keepsAMinimumThatIsConfigured() {
        ClusterState all = Samples.state(3, A, B, C, Samples.member("d", 1));
        IsrPolicy three = new IsrPolicy(OptionalInt.of(3), LIMIT);
        assertThat(three.decommission(all, "c", 3, "x").orElseThrow().minIsr()).isEqualTo(3);
        assertThat(policy.decommission(all, "c", 3, "x").orElseThrow().minIsr()).isEqualTo(2);
    }

    @Test
    void decommissionOfWhoIsOutAlready_lowersTheMinimumAlone() {
        ClusterState after =
                policy.decommission(Samples.state(2, A, B), "c", 1, "x").orElseThrow();
        assertThat(after.isr()).containsExactly(A, B);
        assertThat(after.minIsr()).isEqualTo(1);
    }

    @Test
    void uncleanEpoch_isForgottenWhenAllAreInSync() {
        ClusterState unclean = ClusterState.recovered(3, Samples.CLUSTER, A, 7, "n")
                .unclean()
                .withIsr(java.util.List.of(A, B), 1, "n");
        assertThat(unclean.uncleanEpoch()).hasValue(7);
        assertThat(policy.add(unclean, fit(C), 3, "x").orElseThrow().uncleanEpoch())
                .isEmpty();
        assertThat(policy.add(unclean, fit(C), 4, "x").orElseThrow().uncleanEpoch())
                .hasValue(7);
    }
}
