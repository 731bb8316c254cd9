package io.lignum.cluster.node;

import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.NodeRecord;
import io.lignum.cluster.internal.state.StateJson;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks every write of the cluster's state when the coordinator applies it: V1, V6 and V15. */
final class StateWrites {

    private static final String NODES = "service/lignum/key/lignum/nodes/";

    private final Map<String, NodeRecord> nodes = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private final Map<Integer, ClusterState.Leader> leaders = new HashMap<>();

    void applied(String key, @Nullable String before, String after) {
        if (key.startsWith(NODES)) {
            nodes.put(key, StateJson.decodeNode(after));
        }
        if (!key.equals(ClusterScenario.STATE)) {
            return;
        }
        ClusterState next = StateJson.decodeState(after);
        next.leader().ifPresent(leader -> {
            ClusterState.Leader known = leaders.putIfAbsent(next.epoch(), leader);
            check(known == null || known.equals(leader), "V1: two leaders of an epoch", after);
            check(next.hasInSync(leader.member()), "V6: the leader is not in sync", after);
        });
        if (before != null) {
            judge(StateJson.decodeState(before), next, before + " -> " + after);
            check(!before.equals(after), "V15: written unchanged", after);
        }
    }

    private void judge(ClusterState old, ClusterState next, String text) {
        boolean sameIsr = next.isr().equals(old.isr());
        boolean elected = next.epoch() == old.epoch() + 1 && sameIsr;
        boolean changed = next.epoch() == old.epoch() && old.leader().isPresent();
        check(elected || changed, "V1, V6: not an election, and not the leader's change", text);
        check(next.version() == old.version() + 1, "R2: the version does not count", text);
        check(
                next.isr().size() >= Math.min(next.minIsr(), old.isr().size()),
                "V6: below the minimum",
                text);
        long left =
                nodes.values().stream().filter(node -> !node.decommissioned()).count();
        check(
                next.minIsr() >= old.minIsr()
                        || next.minIsr() >= Math.min(left / 2 + 1, next.isr().size()),
                "R35: the minimum went down",
                text);
    }

    private void check(boolean right, String rule, String text) {
        if (!right) {
            violations.add(rule + ": " + text);
        }
    }

    void assertNone() {
        if (!violations.isEmpty()) {
            throw new AssertionError(violations.get(0));
        }
    }
}
