package io.lignum.server.service;

import io.lignum.cluster.ClusterStatus;
import io.lignum.server.service.NodeAlarm.Kind;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The alarms of this node alone. {@link SecurityFollower} evaluates their conditions about once a
 * second; each alarm is logged when it begins and when it ends. Any thread.
 */
public final class NodeAlarms {

    private static final Logger LOG = LoggerFactory.getLogger(NodeAlarms.class);

    private final InstantSource clock;

    /** Guarded by this. */
    private final Map<Kind, Supplier<Optional<String>>> conditions = new EnumMap<>(Kind.class);

    private volatile List<NodeAlarm> active = List.of();

    NodeAlarms(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Adds a condition.
     *
     * @param text of the alarm; empty: no alarm. Called about once a second; must be
     *     quick and must not throw
     */
    public synchronized void add(Kind kind, Supplier<Optional<String>> text) {
        conditions.put(kind, text);
    }

    /** Evaluates all conditions. */
    synchronized void check() {
        List<NodeAlarm> now = new ArrayList<>();
        conditions.forEach((kind, condition) -> {
            Optional<NodeAlarm> before = find(kind);
            Optional<String> text = condition.get();
            if (text.isPresent()) {
                now.add(new NodeAlarm(
                        kind, text.get(), before.map(NodeAlarm::since).orElseGet(clock::instant)));
                if (before.isEmpty()) {
                    LOG.warn("Alarm {}: {}", kind, text.get());
                }
            } else if (before.isPresent()) {
                LOG.info("The alarm {} has ended", kind);
            }
        });
        active = List.copyOf(now);
    }

    private Optional<NodeAlarm> find(Kind kind) {
        return active.stream().filter(alarm -> alarm.kind() == kind).findFirst();
    }

    /** The alarms at the last look. */
    public List<NodeAlarm> active() {
        return active;
    }

    /** Whether there is this alarm. */
    public boolean isActive(Kind kind) {
        return find(kind).isPresent();
    }

    /** The status with the texts of these alarms, which name the node. */
    ClusterStatus addTo(ClusterStatus status, String nodeId) {
        List<NodeAlarm> more = active;
        return more.isEmpty()
                ? status
                : new ClusterStatus(
                        status.cluster(),
                        status.clusterId(),
                        status.nodeId(),
                        status.role(),
                        status.epoch(),
                        status.leader(),
                        status.inSync(),
                        status.minInSync(),
                        status.coordinatorReachable(),
                        status.nodes(),
                        Stream.concat(
                                        status.alarms().stream(),
                                        more.stream().map(alarm -> nodeId + ": " + alarm.text()))
                                .toList());
    }
}
