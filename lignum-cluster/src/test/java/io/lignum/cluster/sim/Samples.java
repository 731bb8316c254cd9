package io.lignum.cluster.sim;

import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.peer.Member;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** Members and states for tests of pure objects. */
public final class Samples {

    public static final UUID CLUSTER = new UUID(0, 77);
    public static final Member A = member("a", 1);
    public static final Member B = member("b", 1);
    public static final Member C = member("c", 1);

    private Samples() {}

    public static Member member(String id, long incarnation) {
        return new Member(id, new UUID(id.charAt(0), incarnation));
    }

    /** A state of epoch 5, version 10, led by A. */
    public static ClusterState state(int minIsr, Member... isr) {
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
