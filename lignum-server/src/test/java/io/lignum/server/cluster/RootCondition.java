package io.lignum.server.cluster;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.util.Optional;

/** Whether tests that need root run here. Any thread. */
public final class RootCondition implements ExecutionCondition {

    static final String WISH = "LIGNUM_ROOT_TESTS";

    /** .ci/test-summary looks for this in the reports. */
    static final String LEFT_OUT = "needs root, left out: ";

    /**
     * All kinds of things that are needed, in namespaces of its own, so that nothing is left of
     * them.
     */
    private static final String PROBE = "ip link add probe0 type veth peer name probe1"
            + " && ip link add probe2 type bridge"
            + " && mount -t tmpfs probe /tmp && mount -t sysfs probe /sys";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return decide(System.getenv(WISH), missing());
    }

    /** An exception fails the class of tests. */
    static ConditionEvaluationResult decide(@Nullable String wish, Optional<String> missing) {
        boolean demanded = "demand".equals(wish);
        if (wish != null && !wish.isEmpty() && !demanded) {
            throw new IllegalStateException(
                    WISH + " is \"" + wish + "\"; it can be \"demand\", or unset");
        }
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("root, and able to do what is needed");
        }
        if (demanded) {
            throw new IllegalStateException(WISH
                    + "=demand, but the tests that need root cannot run here: " + missing.get());
        }
        return ConditionEvaluationResult.disabled(LEFT_OUT + missing.get());
    }

    /**
     * Why nothing that needs root can be done here; empty if it can. Root in a container may do
     * less than root.
     */
    public static Optional<String> missing() {
        try {
            if (!RootCommand.run("id", "-u").equals("0")) {
                return Optional.of("the user is not root");
            }
            RootCommand.run("unshare", "--net", "--mount", "sh", "-c", PROBE);
            return Optional.empty();
        } catch (IllegalStateException cannot) {
            String why = String.valueOf(cannot.getMessage()).lines().findFirst().orElse("");
            return Optional.of("no network namespaces or mounts here, " + why);
        }
    }
}
