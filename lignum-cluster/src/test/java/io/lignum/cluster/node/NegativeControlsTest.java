package io.lignum.cluster.node;

import org.junit.jupiter.api.Test;

/**
 * The simulation finds bugs: each of these is planted, and must be found within so many seeds. A
 * simulation that finds none of them proves nothing by finding none in Lignum.
 */
final class NegativeControlsTest {

    private static final String CLUSTER = "lignum-cluster";
    private static final String STORAGE = "lignum-storage";

    @Test
    void fsyncOff_isFoundWithin50Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .changeSimulated(
                        STORAGE,
                        "io.lignum.storage.sim.SimulatedFile",
                        "disk.forcesNothing() ? List.of() : request",
                        "List.of()");
        mutant.assertFoundWithin(50);
    }

    @Test
    void acknowledgedBeforeFlushed_isFoundWithin300Seeds() throws Exception {
        Mutant mutant = new Mutant().change(STORAGE, "io.lignum.storage.LogWriter", """
                                file.file().force(this::forced);
                                if (force.compareAndSet(REQUESTED, LATER)) {
                                    return RoundEnd.FORCING;
                                }
                        """, """
                                file.file().force(unheard -> {});
                        """);
        mutant.assertFoundWithin(300);
    }

    @Test
    void highWatermarkIsGreatestInsteadOfLeast_isFoundWithin50Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.leader.CommitTracker",
                        "long least = Long.MAX_VALUE;",
                        "long least = 0;")
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.leader.CommitTracker",
                        "least = Math.min(least, acknowledgedBy(member));",
                        "least = Math.max(least, acknowledgedBy(member));");
        mutant.assertFoundWithin(50);
    }

    @Test
    void highWatermarkCountsAnotherIncarnation_isFoundWithin200Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.leader.CommitTracker",
                        "durable.merge(member, durableEnd, Math::max);",
                        "durable.merge(anyOf(member), durableEnd, Math::max);")
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.leader.CommitTracker",
                        "return durable.getOrDefault(member, 0L);\n    }",
                        """
                        return durable.getOrDefault(anyOf(member), 0L);
                            }

                            private static Member anyOf(Member member) {
                                return new Member(member.nodeId(), new java.util.UUID(0, 0));
                            }
                        """);
        mutant.assertFoundWithin(200);
    }

    @Test
    void epochsIgnoredWhereLogsDiverge_isFoundWithin100Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.leader.Replica",
                        "none ? OptionalInt.empty() : OptionalInt.of(found.epoch()),",
                        "position.lastEpoch(),")
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.leader.Replica",
                        "none ? topic.log().logEndOffset() : found.endOffset(),",
                        "topic.log().logEndOffset(),");
        mutant.assertFoundWithin(100);
    }

    @Test
    void truncationLeftOut_isFoundWithin100Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.follower.LogReconciliation",
                        "if (to >= log.logEndOffset()) {",
                        "if (to >= 0) {");
        mutant.assertFoundWithin(100);
    }

    /** R19: a log is cut where the epochs differ, not at the high watermark. */
    @Test
    void truncationByHighWatermark_isFoundWithin100Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.follower.LogReconciliation",
                        "cut(topic, point, last);",
                        """
                        long committed = log.config().live()
                                ? Math.max(log.logStartOffset(), log.highWatermark().orElse(0))
                                : point;
                        cut(topic, Math.min(end, committed), log.config().live() || last);
                        """);
        mutant.assertFoundWithin(100);
    }

    @Test
    void sideFileLeftOut_isFoundWithin50Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .change(
                        STORAGE,
                        "io.lignum.storage.Truncation",
                        "copy(all, first, position, side);",
                        "side.force();");
        mutant.assertFoundWithin(50);
    }

    /** R9: only the epoch is a fence. */
    @Test
    void lockIndexAsFence_isFoundWithin100Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.state.ClusterView",
                        "    /** The session that holds the leader lock. */",
                        """
                            public int lockIndex() {
                                return lock.map(entry -> (int) entry.lockIndex()).orElse(0);
                            }

                        """)
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.state.ClusterState",
                        "ClusterState elected(Leader winner, String newNonce) {",
                        "ClusterState elected(Leader winner, String newNonce, int lockIndex) {")
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.state.ClusterState",
                        "epoch + 1,\n                Optional.of(winner),",
                        "lockIndex + 1,\n                Optional.of(winner),")
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.election.Elector",
                        "elected(me, context.nonce())",
                        "elected(me, context.nonce(), view.lockIndex())");
        mutant.assertFoundWithin(100);
    }
}
