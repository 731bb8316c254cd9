package io.lignum.server.cluster;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.jspecify.annotations.Nullable;

import java.util.Optional;

/** Whether tests that need root run here. Any thread. */
final class RootCondition implements ExecutionCondition {

    /** The summary of {@code make test} looks for this in the reports. */
    private static final String LEFT_OUT = "needs root, left out: ";

    /** In namespaces of its own, so that nothing is left of it. */
    private static final String PROBE = "ip link add probe0 type veth peer name probe1"
            + " && ip link add probe2 type bridge && mount -t tmpfs probe /tmp";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return decide(System.getenv("LIGNUM_ROOT_TESTS"), whatIsMissing());
    }

    static ConditionEvaluationResult decide(@Nullable String wish, Optional<String> missing) {
        boolean demanded = "demand".equals(wish);
        if (wish != null && !wish.isEmpty() && !demanded) {
            throw new IllegalStateException(
                    "LIGNUM_ROOT_TESTS is \"" + wish + "\"; it can be \"demand\" or unset");
        }
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("root can do all that is needed");
        }
        if (demanded) {
            throw new IllegalStateException("LIGNUM_ROOT_TESTS=demand, but the tests that need root"
                    + " cannot run here: " + missing.get());
        }
        return ConditionEvaluationResult.disabled(LEFT_OUT + missing.get());
    }

    /** Root in a container may do less than root. */
    private static Optional<String> whatIsMissing() {
        try {
            if (!RootCommand.run("id", "-u").equals("0")) {
                return Optional.of("the user is not root");
            }
            RootCommand.run("unshare", "--net", "--mount", "sh", "-c", PROBE);
            return Optional.empty();
        } catch (IllegalStateException cannot) {
            return Optional.of(String.valueOf(cannot.getMessage()));
        }
    }
}
