package io.lignum.cluster.sim;

import io.lignum.cluster.coordinator.Registration;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The checks of the registered nodes, like a Consul agent: a port check every second, and a pass at
 * least every 3 s. Called with the owner's lock held; its timers take the lock.
 */
final class MemoryChecks {

    private static final Duration PASS_LASTS = Duration.ofSeconds(3);
    private static final int PROBE_MILLIS = 1000;
    private static final int REPORT_MILLIS = 100;

    private static final class Service {
        private Registration registration;
        private long passedAt;
        private boolean pass = true;
        private boolean port = true;

        private Service(Registration registration, long now) {
            this.registration = registration;
            passedAt = now;
        }
    }

    private final MemoryTimers timers;
    private final Consumer<String> onCritical;
    private final Map<String, Service> services = new TreeMap<>();
    private final Set<String> closedPorts = new HashSet<>();

    /**
     * @param onCritical gets the id of a registration that was removed, or one of whose checks
     *     became critical
     */
    MemoryChecks(MemoryTimers timers, Consumer<String> onCritical) {
        this.timers = timers;
        this.onCritical = onCritical;
    }

    static String id(Registration registration) {
        return registration.serviceName() + "-" + registration.nodeId();
    }

    /** Registers a node; a repeated registration keeps the state of its checks. */
    void register(Registration registration) {
        String id = id(registration);
        Service known = services.get(id);
        if (known != null) {
            known.registration = registration;
            if (known.pass) {
                known.passedAt = timers.nanos();
            }
            return;
        }
        Service service = new Service(registration, timers.nanos());
        services.put(id, service);
        expirePass(service, PASS_LASTS);
        probe(service);
    }

    void deregister(Registration registration) {
        String id = id(registration);
        if (services.remove(id) != null) {
            onCritical.accept(id);
        }
    }

    boolean pass(Registration registration) {
        Service service = services.get(id(registration));
        if (service == null) {
            return false;
        }
        service.passedAt = timers.nanos();
        if (!service.pass) {
            service.pass = true;
            expirePass(service, PASS_LASTS);
        }
        return true;
    }

    boolean passing(String id) {
        Service service = services.get(id);
        return service != null && service.pass && service.port;
    }

    void port(String nodeId, boolean open) {
        boolean changed = open ? closedPorts.remove(nodeId) : closedPorts.add(nodeId);
        if (changed) {
            services.values().stream()
                    .filter(service -> service.registration.nodeId().equals(nodeId))
                    .forEach(this::probe);
        }
    }

    void clear() {
        services.clear();
    }

    private void expirePass(Service service, Duration after) {
        timers.after(after, () -> {
            Duration left = PASS_LASTS.minusNanos(timers.nanos() - service.passedAt);
            if (left.isNegative() || left.isZero()) {
                service.pass = false;
                report(service);
            } else if (services.containsValue(service)) {
                expirePass(service, left);
            }
        });
    }

    /** Checks the port within a second, and reports the result shortly after. */
    private void probe(Service service) {
        long millis = (long) REPORT_MILLIS + timers.random().nextInt(PROBE_MILLIS);
        timers.after(Duration.ofMillis(millis), () -> {
            service.port = !closedPorts.contains(service.registration.nodeId());
            if (!service.port) {
                report(service);
            }
        });
    }

    private void report(Service service) {
        String id = id(service.registration);
        if (services.get(id) == service) {
            onCritical.accept(id);
        }
    }
}
