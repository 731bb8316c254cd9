package io.lignum.server.chaos;

import io.lignum.cluster.testing.ConsulProcess;
import io.lignum.cluster.testing.Place;
import io.lignum.server.chaos.Fault.Means;
import io.lignum.server.cluster.ClusterSecrets;
import io.lignum.server.cluster.JarCluster;
import io.lignum.server.cluster.Namespaces;
import io.lignum.server.cluster.NodeProcess;
import io.lignum.server.cluster.RootCommand;
import io.lignum.server.cluster.RootCondition;
import io.lignum.server.cluster.TestLogins;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Three nodes and three Consul servers, with as many kinds of faults as this user may inject on
 * this machine. One thread.
 */
final class Site implements AutoCloseable {

    private static final int NODES = 3;
    private static final int CONSULS = 3;
    private static final String CLIENT = "client";

    private final Set<Means> means = EnumSet.of(Means.SIGNALS);
    private final List<String> leftOut = new ArrayList<>();
    private final @Nullable Namespaces net;
    private final JarCluster cluster;
    private final Optional<ClusterSecrets> secrets;
    private final Map<NodeProcess, PowerDisk> disks = new HashMap<>();
    private final Map<NodeProcess, WallClock> clocks = new HashMap<>();

    /**
     * Returns when all nodes run and are in sync.
     *
     * @param secure whether nodes require TLS and a login
     */
    Site(Path directory, boolean secure) {
        RootCondition.missing()
                .ifPresentOrElse(
                        why -> leftOut.add("networks and disks (" + why + ")"),
                        () -> means.add(Means.NETWORK));
        net = means.contains(Means.NETWORK) ? new Namespaces() : null;
        List<ConsulProcess> consuls = ConsulProcess.startServers(
                directory.resolve("consul"),
                Stream.generate(this::place).limit(CONSULS).toList());
        cluster = new JarCluster(directory, consuls, "cluster.secret", "known to the nodes alone");
        secrets = secure
                ? Optional.of(new ClusterSecrets(directory.resolve("certificates")))
                : Optional.empty();
        List<PowerDisk> made = net == null ? List.of() : tryDisks(directory);
        for (int i = 0; i < NODES; i++) {
            List<String> settings = new ArrayList<>(security("node-" + (i + 1)));
            if (!made.isEmpty()) {
                Path disk = made.get(i).directory();
                settings.addAll(List.of("message.data-dir", disk.resolve("data").toString()));
            }
            NodeProcess node = cluster.addAt(place(), settings.toArray(String[]::new));
            secrets.ifPresent(own -> own.issue(node));
            if (!made.isEmpty()) {
                disks.put(node, made.get(i));
            }
        }
        tryTracing();
        tryFileHandles();
        tryResets();
        tryClocks(directory);
        cluster.startAll();
        secrets.ifPresent(this::createUsers);
        cluster.awaitInSync(NODES);
    }

    private List<String> security(String nodeId) {
        return secrets.map(own -> List.of(own.allOn(nodeId)))
                .orElse(List.of("security.mode", "open")); // A namespace acts as a host.
    }

    private void createUsers(ClusterSecrets own) {
        cluster.nodes().forEach(NodeProcess::awaitReady);
        NodeProcess any = cluster.nodes().get(0);
        own.createAdminToken(any);
        cluster.access(own.user("admin"));
        cluster.awaitInSync(NODES);
        own.createUser(any, CLIENT);
        own.allow(any, "user:" + CLIENT, "delete");
    }

    /** How the clients of the load connect. */
    TestLogins clients() {
        return secrets.map(own -> own.user(CLIENT)).orElse(TestLogins.PLAIN);
    }

    private Place place() {
        return net == null ? Place.LOOPBACK : net.add();
    }

    /** One per node, or none. */
    private List<PowerDisk> tryDisks(Path directory) {
        List<PowerDisk> made = new ArrayList<>();
        try {
            for (int i = 1; i <= NODES; i++) {
                made.add(new PowerDisk(
                        directory.resolve("disk-" + i + ".ext4"), directory.resolve("disk-" + i)));
            }
            means.add(Means.DISKS);
        } catch (IllegalStateException cannot) {
            made.forEach(PowerDisk::close);
            made.clear();
            leftOut.add("disks (" + first(cannot) + ")");
        }
        return made;
    }

    private void tryTracing() {
        try {
            RootCommand.run("strace", "-f", "-o", "/dev/null", "true");
            means.add(Means.TRACING);
        } catch (IllegalStateException cannot) {
            leftOut.add("tracing (" + first(cannot) + ")");
        }
    }

    private void tryFileHandles() {
        if (FileHandles.areLimited()) {
            means.add(Means.FILE_HANDLES);
        } else {
            leftOut.add("file handles that run out (no prlimit)");
        }
    }

    private void tryResets() {
        if (net == null) {
            return;
        }
        try {
            cluster.nodes().forEach(node -> net.reset(node.place()));
            means.add(Means.RESETS);
        } catch (IllegalStateException cannot) {
            leftOut.add("connections that are reset (" + first(cannot) + ")");
        }
    }

    private void tryClocks(Path directory) {
        for (NodeProcess node : cluster.nodes()) {
            WallClock.in(directory.resolve(node.id() + ".clock")).ifPresent(clock -> {
                node.environment(clock.environment());
                clocks.put(node, clock);
                means.add(Means.CLOCKS);
            });
        }
        if (clocks.isEmpty()) {
            leftOut.add("clocks that jump (no libfaketime)");
        }
    }

    private static String first(IllegalStateException error) {
        return String.valueOf(error.getMessage()).lines().findFirst().orElse("");
    }

    Set<Means> means() {
        return means;
    }

    /** The faults that are impossible here, and why. */
    List<String> leftOut() {
        return leftOut;
    }

    JarCluster cluster() {
        return cluster;
    }

    Namespaces net() {
        return Objects.requireNonNull(net);
    }

    WallClock clock(NodeProcess node) {
        return Objects.requireNonNull(clocks.get(node));
    }

    /** The Consul server of a node. */
    ConsulProcess consulOf(NodeProcess node) {
        return cluster.consuls().get(cluster.nodes().indexOf(node) % CONSULS);
    }

    PowerDisk disk(NodeProcess node) {
        return Objects.requireNonNull(disks.get(node));
    }

    /** Deletes the data of a node that does not run. */
    void loseDisk(NodeProcess node) {
        PowerDisk disk = disks.get(node);
        if (disk == null) {
            node.deleteData();
        } else {
            disk.clear();
        }
    }

    @Override
    public void close() {
        cluster.close();
        disks.values().forEach(PowerDisk::close);
        if (net != null) {
            net.close();
        }
    }
}
