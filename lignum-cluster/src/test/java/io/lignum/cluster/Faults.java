package io.lignum.cluster;

import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.StorageException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** What goes wrong during a history, and how all of it ends. */
final class Faults {

    private static final String LOCK = "service/lignum/key/master";
    private static final int IOS_TO_CUT = 40;
    private static final int DECEIVED_PERCENT = 15;
    private static final int SMALLEST = 3;
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
    private final List<String> leaving = new ArrayList<>();
    private boolean nodeAdded;
    private boolean healed;

    Faults(SimulatedCluster cluster, Random random, Clients clients, Invariants invariants) {
        this.cluster = cluster;
        this.random = random;
        this.clients = clients;
        this.invariants = invariants;
        disks = new BadDisks(cluster, random);
        mood = Fault.Mood.any(random);
        cluster.coordinator().faultRate(random.nextInt(4) * 0.12);
        cluster.coordinator().staleRate(random.nextInt(3) * 0.1);
        cluster.onPowerCut(node -> {
            count(Fault.POWER_CUT_AT_IO);
            gone(node, true);
        });
    }

    BadDisks disks() {
        return disks;
    }

    Fault.Mood mood() {
        return mood;
    }

    /** How often each had an effect. */
    Map<Fault, Integer> counts() {
        return counts;
    }

    private void count(Fault fault) {
        counts.merge(fault, 1, Integer::sum);
    }

    void act(SimulatedNode node, SimulatedNode other) {
        Fault fault = mood.draw(random);
        boolean done = switch (fault) {
            case KILL -> stop(node, false);
            case POWER_CUT -> stop(node, true);
            case POWER_CUT_AT_IO -> {
                node.cutPowerAt(1 + random.nextInt(IOS_TO_CUT));
                yield false; // It counts when it comes to pass.
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
            case DISK_HEALS -> {
                disks.heal(node);
                yield true;
            }
            case NODE_ADDED -> add();
            case NODE_REMOVED -> remove(node, other);
            case ZOMBIE -> zombie();
            case ZOMBIE_ASLEEP -> cluster.findLeader().filter(this::pause).isPresent();
            case TRANSFER -> transfer(node, other);
            default -> between(fault, node, other);
        };
        if (done) {
            count(fault);
        }
    }

    /** What happens outside the nodes. */
    private boolean between(Fault fault, SimulatedNode node, SimulatedNode other) {
        switch (fault) {
            case CUT -> cluster.network().cut(node.address(), other.address());
            case CUT_ONE_WAY -> cluster.network().cutOneWay(node.address(), other.address());
            case ISOLATE -> cluster.network().isolate(node.address());
            case RESET -> cluster.network().reset(node.address());
            case NETWORK_HEALS -> cluster.network().healAll();
            case COORDINATOR_CUT -> cluster.coordinator().cut(node.id());
            case COORDINATOR_LAGS -> cluster.coordinator().lag(node.id());
            case COORDINATOR_HEALS -> {
                zombie = node == zombie ? null : zombie;
                cluster.coordinator().heal(node.id());
            }
            case COORDINATOR_ELECTS ->
                cluster.coordinator().elect(Duration.ofMillis(random.nextInt(3_000)));
            case LOCK_OVERWRITTEN -> {
                var unused = cluster.coordinator()
                        .view("operator")
                        .transact(List.of(new TxnOp.Put(LOCK, "by hand " + random.nextInt(100))));
            }
            default -> slowNetwork(node);
        }
        return true;
    }

    private void slowNetwork(SimulatedNode node) {
        long millis = random.nextInt(2) * (long) random.nextInt(300);
        cluster.network().slow(node.address(), Duration.ofMillis(millis));
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

    /** While a zombie leads on, and another was elected: whoever follows that one may be told that the first still leads. */
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
                zombie = null; // The next one is another story.
                cluster.coordinator().lag(third.id());
                count(Fault.COORDINATOR_LAGS);
                return;
            }
        }
    }

    private static boolean isLeading(SimulatedNode node) {
        return node.isRunning() && node.node().status().role() == ClusterStatus.Role.LEADER;
    }

    private boolean transfer(SimulatedNode node, SimulatedNode other) {
        if (node.isRunning()) {
            var unused = node.node().transferLeadership(Optional.of(other.id()));
        }
        return node.isRunning();
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
        gone(node, power);
        return true;
    }

    private void gone(SimulatedNode node, boolean power) {
        paused.remove(node);
        zombie = node == zombie ? null : zombie;
        if (power) {
            invariants.unforcedIsGone(node);
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
        boolean first = !nodeAdded;
        if (first) {
            nodeAdded = true;
            SimulatedNode node = cluster.add();
            node.slowDisk(false);
            node.start();
        }
        return first;
    }

    /** It is gone for good, and an operator at another node says so, again and again if need be. */
    private boolean remove(SimulatedNode node, SimulatedNode at) {
        boolean known = Story.inSync(cluster).contains(node.id());
        if (cluster.nodes().size() == SMALLEST || !known || !disks.mayLose(node)) {
            return false;
        }
        stop(node, true);
        disks.lost();
        cluster.remove(node);
        leaving.add(node.id());
        decommission(at);
        return true;
    }

    private void decommission(SimulatedNode at) {
        for (String id : leaving) {
            if (at.isRunning()) {
                var unused = at.node().decommission(id);
            }
        }
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
            gone(node, false);
        }
        return true;
    }

    /** Nodes whose disk fails end by themselves; once all is well somebody starts them again. */
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

    /** What operators still have to do once there is a leader. */
    void settle() {
        for (String id : leaving) {
            cluster.await(cluster.leader().node().decommission(id));
        }
    }
}
