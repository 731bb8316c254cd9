package io.lignum.server.metrics;

import io.lignum.cluster.ClusterStatus;
import io.lignum.server.service.ClusterOverview;
import io.lignum.server.service.LogService;
import io.lignum.storage.DivergentTotals;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Metrics of the cluster's state as this node knows it. Refreshed before each scrape. */
public final class ClusterMetrics {

    private final MeterRegistry registry;
    private final MultiGauge role;
    private final MultiGauge lag;
    private final MultiGauge inSync;
    private volatile Snapshot last = Snapshot.NONE;

    private record Snapshot(
            int epoch,
            boolean leaderKnown,
            int inSync,
            int alive,
            boolean coordinator,
            int alarms,
            int divergentFiles,
            long divergentBytes) {
        static final Snapshot NONE = new Snapshot(0, false, 0, 0, false, 0, 0, 0);
    }

    public ClusterMetrics(MeterRegistry registry) {
        this.registry = registry;
        role = MultiGauge.builder("lignum.cluster.role")
                .description("1 for the node's current role")
                .register(registry);
        lag = MultiGauge.builder("lignum.cluster.follower.lag.records")
                .description("Records that a follower lacks; known to the leader only")
                .register(registry);
        inSync = MultiGauge.builder("lignum.cluster.node.in.sync")
                .description("1 for each node that is an in-sync replica")
                .register(registry);
        gauge("lignum.cluster.epoch", "Epoch of the current leader", Snapshot::epoch);
        gauge("lignum.cluster.leader", "1 while a leader is known", s -> s.leaderKnown ? 1 : 0);
        gauge("lignum.cluster.in.sync", "In-sync replicas", Snapshot::inSync);
        gauge("lignum.cluster.alive", "Nodes registered with Consul", Snapshot::alive);
        gauge(
                "lignum.cluster.coordinator.reachable",
                "1 while Consul responds",
                s -> s.coordinator ? 1 : 0);
        gauge("lignum.cluster.alarms", "Active alarms", Snapshot::alarms);
        gauge(
                "lignum.divergent.files",
                "Files with records cut off in failovers",
                Snapshot::divergentFiles);
        gauge("lignum.divergent.bytes", "Bytes of these files", Snapshot::divergentBytes);
    }

    private void gauge(String name, String description, ToDoubleFunction<Snapshot> value) {
        Gauge.builder(name, this, metrics -> value.applyAsDouble(metrics.last))
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /** Reads the state from the service, and the count of divergent files from the store. */
    public synchronized void refresh(LogService service) {
        ClusterOverview membership = service.ownSession().overview();
        ClusterStatus status = membership.status();
        DivergentTotals divergent = service.ownSession().divergentFiles().totals();
        last = new Snapshot(
                status.epoch(),
                membership.leader().isPresent(),
                status.inSync().size(),
                (int) status.nodes().stream().filter(ClusterStatus.Node::alive).count(),
                status.coordinatorReachable(),
                status.alarms().size(),
                divergent.files(),
                divergent.bytes());
        role.register(
                Arrays.stream(ClusterStatus.Role.values())
                        .<MultiGauge.Row<?>>map(one -> MultiGauge.Row.of(
                                Tags.of("role", one.name().toLowerCase(Locale.ROOT)),
                                one == status.role() ? 1 : 0))
                        .toList(),
                true);
        lag.register(
                status.nodes().stream()
                        .filter(node -> node.lagRecords().isPresent())
                        .<MultiGauge.Row<?>>map(node -> MultiGauge.Row.of(
                                Tags.of("node", node.nodeId()),
                                node.lagRecords().getAsLong()))
                        .toList(),
                true);
        inSync.register(
                status.nodes().stream()
                        .<MultiGauge.Row<?>>map(node -> MultiGauge.Row.of(
                                Tags.of("node", node.nodeId()), node.inSync() ? 1 : 0))
                        .toList(),
                true);
    }
}
