package io.lignum.cluster.node;

import org.junit.jupiter.api.Test;

/**
 * The simulation finds what stays wrong after a fault that passed, and what an operator must not be
 * let do: bugs that Lignum once had are planted again, and must be found within so many seeds.
 */
final class PassingFaultControlsTest {

    private static final String CLUSTER = "lignum-cluster";
    private static final String STORAGE = "lignum-storage";

    /** R38. */
    @Test
    void recoverWithoutAllAnswers_isFoundWithin300Seeds() throws Exception {
        new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.election.RecoveryCheck",
                        "if (!unanswered().isEmpty()) {",
                        "if (!known.isKnown()) {")
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.election.RecoveryCheck",
                        "if (!known.inSync().contains(self.self())) {",
                        "if (known.inSync().isEmpty()) {")
                .assertFoundWithin(300, "(?s).*(V5|V9|V12|goes on).*");
    }

    /** R40. */
    @Test
    void missingIndexTakenForDamage_isFoundWithin100Seeds() throws Exception {
        new Mutant()
                .change(STORAGE, "io.lignum.storage.internal.segment.SegmentIndexes", """
                                } catch (NoSuchFileException e) {
                                    return Optional.empty();
                                } catch (IOException e) {
                        """, """
                                } catch (NoSuchFileException e) {
                                    throw new io.lignum.storage.StorageException.CorruptLog(
                                            segment.path(), 0, "the index is missing");
                                } catch (IOException e) {
                        """)
                .assertFoundWithin(100, "(?s).*(R40|the index is missing).*");
    }

    /**
     * What a continuation throws is not seen: appends wait for ever for a topic that was deleted
     * meanwhile.
     */
    @Test
    void continuationThatThrowsAndLeavesAppendsParked_isFoundWithin100Seeds() throws Exception {
        new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.node.LeaderRequests",
                        "context.whenDone(accepting.create(name, settings), (id, failure) -> {",
                        "var unused = accepting.create(name, settings).whenComplete((id, failure) -> {")
                .change(
                        CLUSTER,
                        "io.lignum.cluster.node.LeaderRequests",
                        "Optional<TopicLog> log = context.store().findTopic(name);",
                        "Optional<TopicLog> log = Optional.of(context.store().topic(name));")
                .change(
                        CLUSTER,
                        "io.lignum.cluster.node.LeaderRequests",
                        "limit,\n                () -> new ClusterException.NotCaughtUp(\n"
                                + "                        \"topic \" + name + \" was not created in"
                                + " time; no message is in it\"),\n",
                        "")
                .assertFoundWithin(100, "(?s).*V16.*");
    }

    /** R39. */
    @Test
    void topicThatIsNotShippedAnyMoreAfterAFailedRead_isFoundWithin100Seeds() throws Exception {
        new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.leader.ReplicationSender",
                        "                tryLater(lane, e);\n",
                        """
                                        if (lanes.remove(lane.topic.id(), lane)) {
                                            forget(lane);
                                        }
                        """)
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.leader.ReplicationLag",
                        "follower.stream().close();",
                        "")
                .assertFoundWithin(100, "(?s).*(UNKNOWN|not so after|V16|alike).*");
    }

    /** R34. */
    @Test
    void producersForgottenByAFollowerThatIsFilledAgain_areFoundWithin100Seeds() throws Exception {
        new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.internal.follower.LogReconciliation",
                        "return log.admin().startAt(epochEnd.firstOffset(), epochEnd.producers());",
                        "return log.admin().startAt(epochEnd.firstOffset());")
                .assertFoundWithin(100, "(?s).*trimmed-exact.*");
    }
}
