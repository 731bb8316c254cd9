package io.lignum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Method;

/**
 * The simulation finds bugs: each of these is planted, and must be found within so many seeds. A simulation that finds
 * none of them proves nothing by finding none in Lignum.
 */
final class NegativeControlsTest {

    private static final String CLUSTER = "lignum-cluster";
    private static final String STORAGE = "lignum-storage";
    private static final long SEED = Long.getLong("lignum.seed", 1);

    @Test
    void fsyncOff_isFoundWithin50Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .changeSimulated(
                        STORAGE,
                        "io.lignum.storage.sim.SimulatedFile",
                        "disk.forcesNothing() ? List.of() : request",
                        "List.of()");
        assertFoundWithin(50, mutant);
    }

    @Test
    void acknowledgedBeforeFlushed_isFoundWithin300Seeds() throws Exception {
        Mutant mutant = new Mutant().change(STORAGE, "io.lignum.storage.LogWriter", """
                                file.file().force(this::forced);
                                if (force.compareAndSet(REQUESTED, LATER)) {
                                    return false;
                                }
                        """, """
                                file.file().force(unheard -> {});
                        """);
        assertFoundWithin(300, mutant);
    }

    @Test
    void highWatermarkIsGreatestInsteadOfLeast_isFoundWithin50Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.CommitTracker",
                        "long least = Long.MAX_VALUE;",
                        "long least = 0;")
                .change(
                        CLUSTER,
                        "io.lignum.cluster.CommitTracker",
                        "least = Math.min(least, acknowledgedBy(member));",
                        "least = Math.max(least, acknowledgedBy(member));");
        assertFoundWithin(50, mutant);
    }

    @Test
    void highWatermarkCountsAnotherIncarnation_isFoundWithin200Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.CommitTracker",
                        "durable.merge(member, durableEnd, Math::max);",
                        "durable.merge(anyOf(member), durableEnd, Math::max);")
                .change(
                        CLUSTER,
                        "io.lignum.cluster.CommitTracker",
                        "return durable.getOrDefault(member, 0L);\n    }",
                        """
                        return durable.getOrDefault(anyOf(member), 0L);
                            }

                            private static Member anyOf(Member member) {
                                return new Member(member.nodeId(), new java.util.UUID(0, 0));
                            }
                        """);
        assertFoundWithin(200, mutant);
    }

    @Test
    void epochsIgnoredWhereLogsMeet_isFoundWithin100Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.FollowerHandle",
                        "none ? OptionalInt.empty() : OptionalInt.of(found.epoch()),",
                        "position.lastEpoch(),")
                .change(
                        CLUSTER,
                        "io.lignum.cluster.FollowerHandle",
                        "none ? topic.log().logEndOffset() : found.endOffset(),",
                        "topic.log().logEndOffset(),");
        assertFoundWithin(100, mutant);
    }

    @Test
    void truncationLeftOut_isFoundWithin100Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.Agreement",
                        "if (to >= log.logEndOffset()) {",
                        "if (to >= 0) {");
        assertFoundWithin(100, mutant);
    }

    @Test
    void truncationByHighWatermark_isFoundWithin100Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .change(CLUSTER, "io.lignum.cluster.Agreement", "cut(topic, point, last);", """
                        long committed = log.config().live()
                                ? Math.max(log.logStartOffset(), log.highWatermark().orElse(0))
                                : point;
                        cut(topic, Math.min(end, committed), log.config().live() || last);
                        """);
        assertFoundWithin(100, mutant);
    }

    @Test
    void sideFileLeftOut_isFoundWithin50Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .change(
                        STORAGE,
                        "io.lignum.storage.Truncation",
                        "copy(all, first, position, side);",
                        "side.force();");
        assertFoundWithin(50, mutant);
    }

    @Test
    void lockIndexAsFence_isFoundWithin100Seeds() throws Exception {
        Mutant mutant = new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.ClusterView",
                        "    /** Session that holds the leader lock. */",
                        """
                            int lockIndex() {
                                return lock.map(entry -> (int) entry.lockIndex()).orElse(0);
                            }

                        """)
                .change(
                        CLUSTER,
                        "io.lignum.cluster.ClusterState",
                        "ClusterState elected(Leader winner, String newNonce) {",
                        "ClusterState elected(Leader winner, String newNonce, int lockIndex) {")
                .change(
                        CLUSTER,
                        "io.lignum.cluster.ClusterState",
                        "epoch + 1,\n                Optional.of(winner),",
                        "lockIndex + 1,\n                Optional.of(winner),")
                .change(
                        CLUSTER,
                        "io.lignum.cluster.Elector",
                        "state.elected(me, node.nonce())",
                        "state.elected(me, node.nonce(), view.lockIndex())");
        assertFoundWithin(100, mutant);
    }

    private static void assertFoundWithin(int seeds, Mutant mutant) throws Exception {
        Method verdict = Class.forName(HistoryRun.class.getName(), true, mutant.load())
                .getDeclaredMethod("verdict", long.class);
        verdict.setAccessible(true);
        for (long seed = SEED; seed < SEED + seeds; seed++) {
            Object found = verdict.invoke(null, seed);
            if (!"".equals(found)) {
                System.out.println("found at seed " + seed + ": " + found);
                return;
            }
        }
        assertThat(seeds).as("seeds in which the bug was not found").isZero();
    }
}
