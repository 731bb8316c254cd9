package io.lignum.cluster.node;

import io.lignum.cluster.internal.state.MembersFile;
import io.lignum.cluster.peer.Membership;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The operators of a history, at random nodes: they transfer the lead, remove nodes, and recover
 * after the coordinator lost its data (R38).
 */
final class Operators {

    private static final int ROUNDS = 6;
    private static final Duration BETWEEN = Duration.ofSeconds(5);

    private final SimulatedCluster cluster;
    private final Requests requests;
    private final BadDisks disks;
    private final List<String> leaving = new ArrayList<>();

    Operators(SimulatedCluster cluster, Requests requests, BadDisks disks) {
        this.cluster = cluster;
        this.requests = requests;
        this.disks = disks;
    }

    boolean transfer(SimulatedNode node, SimulatedNode to) {
        if (node.isRunning()) {
            requests.track(node, "transfer", node.node().transferLeadership(Optional.of(to.id())));
        }
        return node.isRunning();
    }

    /** Removes a node that will not return, at another node, repeatedly if necessary. */
    void remove(SimulatedNode lost, SimulatedNode at) {
        leaving.add(lost.id());
        decommission(at);
    }

    private void decommission(SimulatedNode at) {
        for (String id : leaving) {
            if (at.isRunning()) {
                requests.track(at, "decommission", at.node().decommission(id));
            }
        }
    }

    boolean isCoordinatorLost() {
        return ClusterScenario.findState(cluster).isEmpty();
    }

    /**
     * Allowed once each node has a list of the members: an empty one would found another cluster,
     * and a removed one would have to answer.
     */
    boolean loseCoordinator() {
        if (isCoordinatorLost() || !disks.mayLoseCoordinator() || !allKnowTheMembers()) {
            return false;
        }
        cluster.coordinator().loseData();
        disks.lost(); // The recovering node is the only one in sync at first.
        return true;
    }

    private boolean allKnowTheMembers() {
        boolean[] all = {true};
        cluster.observing(() -> cluster.nodes().forEach(node -> {
            Membership known = membership(node);
            all[0] &= known.isKnown()
                    && known.members().stream().noneMatch(one -> leaving.contains(one.nodeId()));
        }));
        return all[0];
    }

    private static Membership membership(SimulatedNode node) {
        try {
            return new MembersFile(node.disk(), SimulatedNode.DIRECTORY).read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs recover at a random node; it must be refused if it would lose anything. */
    boolean recover(SimulatedNode at) {
        if (!isCoordinatorLost() || !at.isRunning()) {
            return false;
        }
        requests.track(at, "recover", at.node().recover(false));
        return true;
    }

    /** All faults have ended: recovery must succeed at some node (V16). */
    void recoverIfLost() {
        List<String> refusals = new ArrayList<>();
        for (int i = 0; i < ROUNDS && isCoordinatorLost(); i++) {
            for (SimulatedNode node : cluster.nodes()) {
                if (node.isRunning() && isCoordinatorLost()) {
                    CompletableFuture<Void> done = node.node().recover(false);
                    cluster.until(Duration.ofSeconds(20), done::isDone);
                    if (done.isCompletedExceptionally()) {
                        refusals.add(
                                node.id() + ": " + ClusterScenario.failure(done).getMessage());
                    }
                }
            }
            cluster.run(BETWEEN);
        }
        if (isCoordinatorLost()) {
            throw new AssertionError("V16: no node can be recovered from: " + refusals);
        }
    }

    /** Completes what remains to be done once there is a leader. */
    void settle() {
        for (String id : leaving) {
            cluster.await(cluster.leader().node().decommission(id));
        }
    }
}
