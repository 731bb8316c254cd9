package io.lignum.cluster;

import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** What goes wrong during a history, and how all of it ends. */
final class Faults {

    private final SimulatedCluster cluster;
    private final Random random;
    private final Clients clients;
    private final Invariants invariants;
    private final Set<SimulatedNode> paused = new HashSet<>();
    private boolean diskLost;
    private int kills;

    Faults(SimulatedCluster cluster, Random random, Clients clients, Invariants invariants) {
        this.cluster = cluster;
        this.random = random;
        this.clients = clients;
        this.invariants = invariants;
        cluster.coordinator().faultRate(random.nextInt(3) * 0.1);
        cluster.coordinator().staleRate(random.nextInt(3) * 0.1);
    }

    /** One disk at most: with two of three gone records may be lost rightly. */
    boolean isDiskLost() {
        return diskLost;
    }

    int kills() {
        return kills;
    }

    void act(SimulatedNode node, SimulatedNode other) {
        int what = random.nextInt(100);
        if (what < 14) {
            stop(node);
        } else if (what < 40) {
            restart(node);
        } else if (what < 48) {
            cluster.network().cut(node.address(), other.address());
        } else if (what < 54) {
            cluster.network().cutOneWay(node.address(), other.address());
        } else if (what < 58) {
            cluster.network().isolate(node.address());
        } else if (what < 62) {
            cluster.network().reset(node.address());
        } else if (what < 76) {
            cluster.network().healAll();
        } else if (what < 80) {
            pause(node);
        } else if (what < 88) {
            resume(node);
        } else if (what < 91) {
            cluster.coordinator().cut(node.id());
        } else if (what < 94) {
            cluster.coordinator().heal(node.id());
        } else if (what < 97) {
            long millis = random.nextInt(2) * (long) random.nextInt(300);
            cluster.network().slow(node.address(), Duration.ofMillis(millis));
        } else {
            transfer(node, other);
        }
    }

    private void transfer(SimulatedNode node, SimulatedNode other) {
        if (node.isRunning()) {
            var unused = node.node().transferLeadership(Optional.of(other.id()));
        }
    }

    private void stop(SimulatedNode node) {
        if (!node.isRunning()) {
            return;
        }
        kills++;
        paused.remove(node);
        int how = random.nextInt(diskLost ? 20 : 21);
        if (how < 10) {
            node.kill();
        } else {
            node.cutPower();
            invariants.unforcedIsGone(node);
        }
        if (how == 20) {
            node.loseDisk();
            diskLost = true;
        }
        clients.nodeDied();
    }

    private void restart(SimulatedNode node) {
        if (!node.isRunning()) {
            node.start();
        }
    }

    private void pause(SimulatedNode node) {
        if (node.isRunning() && paused.add(node)) {
            node.pause();
        }
    }

    private void resume(SimulatedNode node) {
        if (paused.remove(node)) {
            node.resume();
        }
    }

    void heal() {
        cluster.network().healAll();
        cluster.coordinator().faultRate(0);
        cluster.coordinator().staleRate(0);
        for (SimulatedNode node : cluster.nodes()) {
            cluster.network().slow(node.address(), Duration.ZERO);
            cluster.coordinator().heal(node.id());
            resume(node);
            restart(node);
        }
    }
}
