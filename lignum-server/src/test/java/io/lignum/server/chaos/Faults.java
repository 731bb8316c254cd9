package io.lignum.server.chaos;

import io.lignum.cluster.testing.ConsulProcess;
import io.lignum.cluster.testing.Place;
import io.lignum.server.cluster.JarCluster;
import io.lignum.server.cluster.NodeProcess;

import org.awaitility.Awaitility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Injects one fault after the other into a cluster, and ends it. One thread. */
final class Faults {

    private static final int LEADER_PERCENT = 60;
    private static final int LONGEST_MILLIS = 6_000;
    private static final int MOST_RESETS = 5;
    private static final int MOST_HANDLES = 4;
    private static final Duration LONGEST_END = Duration.ofSeconds(30);

    private final Site site;
    private final JarCluster cluster;
    private final Set<Fault> wanted;
    private final Random random;
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);

    Faults(Site site, Set<Fault> wanted, long seed) {
        this.site = site;
        this.wanted = wanted;
        cluster = site.cluster();
        random = new Random(seed);
    }

    Map<Fault, Integer> counts() {
        return counts;
    }

    /**
     * Draws a fault, injects it, lets it last, and ends it; then waits for a moment, or until all
     * nodes are in sync.
     */
    void next() {
        Fault fault = Fault.draw(random, wanted, site.means());
        NodeProcess node = victim();
        System.out.println("  " + fault + " " + node);
        perform(fault, node);
        counts.merge(fault, 1, Integer::sum);
        if (random.nextBoolean() || fault == Fault.DISK_LOST) {
            cluster.awaitInSync(cluster.nodes().size());
        } else {
            last(LONGEST_MILLIS / 3);
        }
    }

    private NodeProcess victim() {
        if (random.nextInt(100) < LEADER_PERCENT) {
            return cluster.leader();
        }
        return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    }

    private void perform(Fault fault, NodeProcess node) {
        switch (fault) {
            case KILLED -> kill(List.of(node));
            case TWO_KILLED -> kill(two());
            case ALL_KILLED -> kill(cluster.nodes());
            case PAUSED -> during(node::pause, node::resume);
            case TERMINATED -> terminate(node);
            case ROLLING_RESTART ->
                cluster.nodes().forEach(each -> {
                    terminate(each);
                    each.awaitReady();
                });
            case LEAD_TRANSFERRED -> {
                // It is a valid answer that no node can take it, or has it.
                var unused = JarCluster.lignum(node, "cluster", "transfer-leader");
            }
            case DISK_LOST -> loseDisk(node);
            case CONSUL_KILLED -> {
                ConsulProcess server = consulVictim();
                during(server::kill, server::restart);
            }
            case CONSUL_TERMINATED ->
                during(() -> cluster.consuls().forEach(ConsulProcess::terminate), () -> {
                    cluster.consuls().forEach(ConsulProcess::launch);
                    cluster.consuls().forEach(ConsulProcess::awaitWritable);
                });
            case CONSUL_CUT_OFF -> {
                Place place = consulVictim().place();
                during(() -> site.net().pull(place), () -> site.net().plug(place));
            }
            case CUT_OFF ->
                during(() -> site.net().pull(node.place()), () -> site.net().plug(node.place()));
            case CUT_OFF_ONE_WAY ->
                during(
                        () -> site.net().loseWhatLeaves(node.place()),
                        () -> site.net().loseNothing(node.place()));
            case CUT_OFF_FROM_CONSUL ->
                during(
                        () -> site.net()
                                .loseWhatLeavesFor(
                                        node.place(), site.consulOf(node).place()),
                        () -> site.net().loseNothing(node.place()));
            case SLOW_LINK ->
                during(
                        () -> site.net().slowDown(node.place()),
                        () -> site.net().speedUp(node.place()));
            case CONNECTIONS_RESET -> {
                for (int times = 1 + random.nextInt(MOST_RESETS); times > 0; times--) {
                    site.net().reset(node.place());
                    last(LONGEST_MILLIS / 10);
                }
            }
            case CLOCK_JUMPS -> {
                site.clock(node).jump(jump());
                last(WallClock.UNTIL_SEEN_MILLIS, LONGEST_MILLIS);
                site.clock(node).jump(Duration.ZERO);
            }
            case POWER_LOST -> losePower(List.of(node));
            case POWER_LOST_EVERYWHERE -> losePower(cluster.nodes());
            case DISK_FULL -> during(site.disk(node)::fill, site.disk(node)::freeSpace);
            case FILE_HANDLES_SHORT ->
                during(
                        () -> FileHandles.limit(node, random.nextInt(MOST_HANDLES)),
                        () -> FileHandles.release(node));
            case FORCE_FAILS -> failForce(node);
            case FORCE_SLOW -> {
                Process tracer = trace(node, "fdatasync:delay_enter=300000");
                last(LONGEST_MILLIS);
                end(tracer);
            }
        }
    }

    private void during(Runnable begin, Runnable end) {
        begin.run();
        last(LONGEST_MILLIS);
        end.run();
    }

    private ConsulProcess consulVictim() {
        List<ConsulProcess> servers = cluster.consuls();
        if (random.nextInt(100) < LEADER_PERCENT) {
            for (ConsulProcess server : servers) {
                if (server.leads()) {
                    return server;
                }
            }
        }
        return servers.get(random.nextInt(servers.size()));
    }

    /** Of any size: from 2 s to a day. */
    private Duration jump() {
        double seconds = 2 * Math.pow(43_200, random.nextDouble());
        return Duration.ofSeconds(Math.round(random.nextBoolean() ? seconds : -seconds));
    }

    private List<NodeProcess> two() {
        List<NodeProcess> all = new ArrayList<>(cluster.nodes());
        Collections.shuffle(all, random);
        return all.subList(0, 2);
    }

    private void kill(List<NodeProcess> nodes) {
        nodes.forEach(NodeProcess::kill);
        last(LONGEST_MILLIS);
        nodes.forEach(NodeProcess::launch);
    }

    private void terminate(NodeProcess node) {
        node.terminate();
        last(LONGEST_MILLIS / 6);
        node.launch();
    }

    /** One at a time: two of three copies may be lost legitimately. */
    private void loseDisk(NodeProcess node) {
        cluster.awaitInSync(cluster.nodes().size());
        node.kill();
        site.loseDisk(node);
        last(LONGEST_MILLIS / 3);
        node.launch();
    }

    /**
     * No process may run after the power cut, so they are stopped before it. (A force in progress
     * when ext4 is shut down can return success, in one of seven tries.)
     */
    private void losePower(List<NodeProcess> nodes) {
        nodes.forEach(NodeProcess::pause);
        nodes.forEach(node -> site.disk(node).cutPower());
        nodes.forEach(NodeProcess::kill);
        nodes.forEach(node -> site.disk(node).powerOn());
        last(LONGEST_MILLIS / 3);
        nodes.forEach(NodeProcess::launch);
    }

    /**
     * Also one at a time, since the node restarts with another incarnation (R36). It ends by
     * itself.
     */
    private void failForce(NodeProcess node) {
        cluster.awaitInSync(cluster.nodes().size());
        Process tracer = trace(node, "fdatasync:error=EIO:when=1+");
        Awaitility.await(node + " ends because its disk fails")
                .atMost(LONGEST_END)
                .until(() -> !node.isAlive());
        end(tracer);
        node.launch();
        cluster.awaitInSync(cluster.nodes().size());
    }

    private static Process trace(NodeProcess node, String tampering) {
        try {
            return new ProcessBuilder(
                            "strace",
                            "-f",
                            "-o",
                            "/dev/null",
                            "-e",
                            "trace=fdatasync",
                            "-e",
                            "inject=" + tampering,
                            "-p",
                            Long.toString(node.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(Process tracer) {
        tracer.destroy(); // Releases the node.
        tracer.onExit().join();
    }

    /** Up to so long. */
    private void last(int millis) {
        last(0, millis);
    }

    private void last(int least, int most) {
        Awaitility.await()
                .pollDelay(Duration.ofMillis(least + 1 + random.nextInt(most - least)))
                .timeout(Duration.ofMillis(2L * most))
                .until(() -> true);
    }
}
