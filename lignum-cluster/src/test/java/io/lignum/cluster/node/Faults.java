package io.lignum.cluster.node;

import io.lignum.cluster.ClusterStartException;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.StorageException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Injects the faults of a history, and ends all of them. */
final class Faults {

    private static final int IOS_TO_CUT = 40;
    private static final int DECEIVED_PERCENT = 15;
    private static final int SMALLEST = 3;
    private static final int RECOVER_PERCENT = 30;
    private static final Duration REPLACED_DELAY = Duration.ofMillis(300);

    private final SimulatedCluster cluster;
    private final Random random;
    private final Clients clients;
    private final Invariants invariants;
    private final Fault.Mood mood;
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private final Set<SimulatedNode> paused = new HashSet<>();
    private @Nullable SimulatedNode zombie;
    private final BadDisks disks;
    private final Operators operators;
    private final BetweenNodes between;
    private boolean nodeAdded;
    private boolean healed;

    Faults(SimulatedCluster cluster, Random random, Clients clients, Invariants invariants) {
        this.cluster = cluster;
        this.random = random;
        this.clients = clients;
        this.invariants = invariants;
        disks = new BadDisks(cluster, random);
        between = new BetweenNodes(cluster, random);
        operators = new Operators(cluster, clients.requests(), disks);
        mood = Fault.Mood.any(random);
        cluster.coordinator().faultRate(random.nextInt(4) * 0.12);
        cluster.coordinator().staleRate(random.nextInt(3) * 0.1);
        cluster.onPowerCut(node -> {
            count(Fault.POWER_CUT_AT_IO);
            failed(node, true);
        });
    }

    BadDisks disks() {
        return disks;
    }

    Operators operators() {
        return operators;
    }

    Fault.Mood mood() {
        return mood;
    }

    /** The number of times each fault had an effect. */
    Map<Fault, Integer> counts() {
        return counts;
    }

    private void count(Fault fault) {
        counts.merge(fault, 1, Integer::sum);
    }

    /**
     * Injects one temporary fault into a healthy cluster; none of its effects may stay (V16, R39,
     * R40).
     */
    void disturb(SimulatedNode node, SimulatedNode other) {
        Fault fault = Fault.passing(random);
        boolean done = switch (fault) {
            case READS_FAIL -> disks.failReads(node);
            case HANDLES_SHORT -> disks.takeHandles(node);
            case INDEX_DELETED -> restartWithoutIndexes(node);
            case DISK_FULL -> disks.fillFor(node);
            case TRANSFER -> operators.transfer(node, other);
            default -> {
                between.act(fault, node, other);
                yield true;
            }
        };
        if (done) {
            count(fault);
        }
    }

    private boolean restartWithoutIndexes(SimulatedNode node) {
        if (!stop(node, false)) {
            return false;
        }
        disks.deleteIndexes(node);
        return restart(node);
    }

    /**
     * Replaces a follower's disk while the cluster is healthy; it fetches everything again, and
     * then leads.
     */
    boolean refill(SimulatedNode node) {
        if (!disks.mayLose(node) || cluster.findLeader().filter(node::equals).isPresent()) {
            return false;
        }
        stop(node, true);
        disks.lose(node);
        disks.heal(node);
        node.start();
        count(Fault.DISK_LOST);
        return true;
    }

    void act(SimulatedNode node, SimulatedNode other) {
        boolean recovers = operators.isCoordinatorLost() && random.nextInt(100) < RECOVER_PERCENT;
        Fault fault = recovers ? Fault.RECOVER : mood.draw(random);
        boolean done = switch (fault) {
            case KILL -> stop(node, false);
            case POWER_CUT -> stop(node, true);
            case POWER_CUT_AT_IO -> {
                node.cutPowerAt(1 + random.nextInt(IOS_TO_CUT));
                yield false; // It counts when it happens.
            }
            case POWER_CUT_ALL -> {
                cluster.nodes().forEach(each -> stop(each, true));
                yield true;
            }
            case DISK_LOST -> loseDisk(node);
            case RESTART -> restart(node);
            case PAUSE -> pause(node);
            case RESUME -> resume(node);
            case SLOW_DISK -> {
                node.slowDisk(true);
                yield true;
            }
            case DISK_FULL -> disks.fill(node);
            case DISK_FAILS -> disks.fail(node);
            case BIT_FLIPPED -> disks.flip(node);
            case READS_FAIL -> disks.failReads(node);
            case HANDLES_SHORT -> disks.takeHandles(node);
            case INDEX_DELETED -> disks.deleteIndexes(node);
            case DISK_HEALS -> {
                disks.heal(node);
                yield true;
            }
            case NODE_ADDED -> add();
            case NODE_REMOVED -> remove(node, other);
            case ZOMBIE -> zombie();
            case ZOMBIE_ASLEEP -> cluster.findLeader().filter(this::pause).isPresent();
            case TRANSFER -> operators.transfer(node, other);
            case COORDINATOR_LOST -> operators.loseCoordinator();
            case RECOVER -> operators.recover(node);
            default -> {
                zombie = fault == Fault.COORDINATOR_HEALS && node == zombie ? null : zombie;
                between.act(fault, node, other);
                yield true;
            }
        };
        if (done) {
            count(fault);
        }
    }

    private boolean zombie() {
        Optional<SimulatedNode> leader = cluster.findLeader();
        if (leader.isEmpty() || zombie != null) {
            return false;
        }
        zombie = leader.get();
        cluster.coordinator().mark();
        cluster.coordinator().cut(leader.get().id());
        return true;
    }

    /**
     * While a replaced leader still runs, a follower of the new one may be informed that the first
     * still leads.
     */
    void next() {
        SimulatedNode first = zombie;
        Optional<SimulatedNode> second = cluster.findLeader();
        if (first == null || second.isEmpty() || second.get() == first || !isLeading(first)) {
            return;
        }
        for (SimulatedNode third : cluster.nodes()) {
            boolean follows = third.isRunning()
                    && third.node().status().role() == ClusterStatus.Role.FOLLOWER
                    && third.node().status().epoch()
                            == second.get().node().status().epoch();
            if (follows && random.nextInt(100) < DECEIVED_PERCENT) {
                zombie = null; // The next fault is independent.
                cluster.coordinator().lag(third.id());
                count(Fault.COORDINATOR_LAGS);
                return;
            }
        }
    }

    private static boolean isLeading(SimulatedNode node) {
        return node.isRunning() && node.node().status().role() == ClusterStatus.Role.LEADER;
    }

    private boolean stop(SimulatedNode node, boolean power) {
        if (!node.isRunning()) {
            return false;
        }
        if (power) {
            node.cutPower();
        } else {
            node.kill();
        }
        failed(node, power);
        return true;
    }

    private void failed(SimulatedNode node, boolean power) {
        paused.remove(node);
        zombie = node == zombie ? null : zombie;
        if (power) {
            invariants.unforcedIsLost(node);
        }
        clients.nodeDied();
    }

    private boolean loseDisk(SimulatedNode node) {
        if (!disks.mayLose(node)) {
            return false;
        }
        stop(node, true);
        disks.lose(node);
        if (random
                .nextBoolean()) { // While the others know what it had acknowledged, it fetches all
            // again.
            cluster.network().slow(node.address(), REPLACED_DELAY);
            node.start();
        }
        return true;
    }

    private boolean add() {
        boolean first = !nodeAdded && !operators.isCoordinatorLost();
        if (first) {
            nodeAdded = true;
            SimulatedNode node = cluster.add();
            node.slowDisk(false);
            node.start();
        }
        return first;
    }

    /**
     * The node will not return, and an operator removes it at another node, repeatedly if
     * necessary.
     */
    private boolean remove(SimulatedNode node, SimulatedNode at) {
        boolean known = ClusterScenario.inSync(cluster).contains(node.id());
        if (cluster.nodes().size() == SMALLEST || !known || !disks.mayLose(node)) {
            return false;
        }
        stop(node, true);
        disks.lost();
        cluster.remove(node);
        operators.remove(node, at);
        return true;
    }

    private boolean restart(SimulatedNode node) {
        if (node.isRunning()) {
            return false;
        }
        try {
            node.start();
        } catch (ClusterStartException | StorageException e) {
            if (!disks.isFailing(node)) {
                throw e;
            }
            failed(node, false);
        }
        return true;
    }

    /** Nodes with a failed disk end by themselves; they are restarted once the disk works. */
    void endFailed() {
        for (SimulatedNode node : cluster.nodes()) {
            if (node.isRunning() && node.node().failure().isDone() && disks.isFailing(node)) {
                stop(node, false);
                if (healed) {
                    restart(node);
                }
            }
        }
    }

    private boolean pause(SimulatedNode node) {
        if (node.isRunning() && paused.add(node)) {
            node.pause();
            return true;
        }
        return false;
    }

    private boolean resume(SimulatedNode node) {
        boolean was = paused.remove(node);
        if (was) {
            node.resume();
        }
        return was;
    }

    void heal() {
        healed = true;
        cluster.network().healAll();
        cluster.coordinator().faultRate(0);
        cluster.coordinator().staleRate(0);
        for (SimulatedNode node : cluster.nodes()) {
            cluster.network().slow(node.address(), Duration.ZERO);
            cluster.coordinator().heal(node.id());
            disks.heal(node);
            resume(node);
            restart(node);
        }
    }
}
