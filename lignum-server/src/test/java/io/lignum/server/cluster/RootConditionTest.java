package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

import java.util.Optional;

class RootConditionTest {

    private static final Optional<String> NOT_ROOT = Optional.of("the user is not root");

    @Test
    void nothingMissing_runsWhetherDemandedOrNot() {
        assertThat(RootCondition.decide(null, Optional.empty()).isDisabled()).isFalse();
        assertThat(RootCondition.decide("demand", Optional.empty()).isDisabled())
                .isFalse();
    }

    @Test
    void somethingMissing_isLeftOutWithTheReason() {
        for (String wish : new String[] {null, ""}) {
            ConditionEvaluationResult result = RootCondition.decide(wish, NOT_ROOT);
            assertThat(result.isDisabled()).isTrue();
            assertThat(result.getReason()).contains("needs root, left out: the user is not root");
        }
    }

    @Test
    void somethingMissingAndDemanded_failsWithTheReason() {
        assertThatThrownBy(() -> RootCondition.decide("demand", NOT_ROOT))
                .hasMessage("LIGNUM_ROOT_TESTS=demand, but the tests that need root cannot run"
                        + " here: the user is not root");
    }

    @Test
    void anyOtherWish_failsAndNamesWhatItCanBe() {
        assertThatThrownBy(() -> RootCondition.decide("yes", Optional.empty()))
                .hasMessage("LIGNUM_ROOT_TESTS is \"yes\"; it can be \"demand\", or unset");
    }
}
