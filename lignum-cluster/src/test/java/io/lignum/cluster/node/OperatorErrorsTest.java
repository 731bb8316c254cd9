package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A command that cannot succeed by repetition has a code that says so, forwarded or not. */
final class OperatorErrorsTest {

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();

    @Test
    void decommissionOfAnUnknownNode_isAnInvalidArgument() {
        assertThat(failureAtLeader(cluster.leader().node().decommission("unknown")))
                .isInstanceOf(ClusterException.InvalidArgument.class);
        assertThat(codeForwarded(cluster.follower().node().decommission("unknown")))
                .isEqualTo("INVALID_ARGUMENT");
    }

    @Test
    void decommissionOfTheLeader_isAFailedPrecondition() {
        String leader = cluster.leader().id();
        assertThat(failureAtLeader(cluster.leader().node().decommission(leader)))
                .isInstanceOf(ClusterException.FailedPrecondition.class);
        assertThat(codeForwarded(cluster.follower().node().decommission(leader)))
                .isEqualTo("FAILED_PRECONDITION");
    }

    @Test
    void transferToAnUnknownNode_isAnInvalidArgument() {
        assertThat(failureAtLeader(
                        cluster.leader().node().transferLeadership(Optional.of("unknown"))))
                .isInstanceOf(ClusterException.InvalidArgument.class);
    }

    @Test
    void transferToAStoppedNode_isAFailedPrecondition() {
        SimulatedNode follower = cluster.follower();
        follower.kill();
        cluster.run(Duration.ofSeconds(20));
        assertThat(failureAtLeader(
                        cluster.leader().node().transferLeadership(Optional.of(follower.id()))))
                .isInstanceOf(ClusterException.FailedPrecondition.class);
    }

    @Test
    void topicOfAReservedName_isAnInvalidTopic() {
        assertThat(failureAtLeader(
                        cluster.leader().node().createTopic("__topics", TopicConfig.DEFAULT)))
                .isInstanceOf(StorageException.InvalidTopic.class);
    }

    private Throwable failureAtLeader(CompletableFuture<?> call) {
        return ClusterScenario.failure(cluster, call);
    }

    private String codeForwarded(CompletableFuture<?> call) {
        Throwable failure = ClusterScenario.failure(cluster, call);
        assertThat(failure).isInstanceOf(ClusterException.Forwarded.class);
        return ((ClusterException.Forwarded) failure).leadersCode();
    }
}
