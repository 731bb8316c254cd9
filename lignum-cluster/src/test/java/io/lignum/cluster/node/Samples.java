package io.lignum.cluster.node;

import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.peer.Member;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** Members and states for tests of pure objects. */
final class Samples {

    static final UUID CLUSTER = new UUID(0, 77);
    static final Member A = member("a", 1);
    static final Member B = member("b", 1);
    static final Member C = member("c", 1);

    private Samples() {}

    static Member member(String id, long incarnation) {
        return new Member(id, new UUID(id.charAt(0), incarnation));
    }

    /** A state of epoch 5, version 10, led by A. */
    static ClusterState state(int minIsr, Member... isr) {
        return new ClusterState(
                10,
                "n",
                CLUSTER,
                5,
                Optional.of(new ClusterState.Leader(A, "session-a")),
                List.of(isr),
                minIsr,
                Optional.empty(),
                OptionalInt.empty());
    }
}
