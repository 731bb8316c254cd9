package io.lignum.cluster.consul;

import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.coordinator.SessionTimes;

import org.kiwiproject.consul.model.agent.ImmutableRegCheck;
import org.kiwiproject.consul.model.agent.ImmutableRegistration;
import org.kiwiproject.consul.model.session.ImmutableSession;
import org.kiwiproject.consul.model.session.Session;

import java.time.Duration;

/**
 * A node as registered with Consul's agent: a service with two checks, and the session that is
 * bound to them.
 */
final class ConsulService {

    private static final String PASSING = "passing";

    private ConsulService() {}

    static String id(Registration registration) {
        return registration.serviceName() + "-" + registration.nodeId();
    }

    static String portCheck(Registration registration) {
        return id(registration) + ":port";
    }

    static String passCheck(Registration registration) {
        return id(registration) + ":pass";
    }

    static org.kiwiproject.consul.model.agent.Registration of(Registration registration) {
        String host = registration.host();
        String address = host.contains(":") ? "[" + host + "]" : host;
        return ImmutableRegistration.builder()
                .id(id(registration))
                .name(registration.serviceName())
                .address(host)
                .port(registration.port())
                .addChecks(
                        ImmutableRegCheck.builder()
                                .id(portCheck(registration))
                                .name("Lignum's internal port")
                                .tcp(address + ":" + registration.port())
                                .interval("1s")
                                .timeout("1s")
                                .status(PASSING)
                                .build(),
                        ImmutableRegCheck.builder()
                                .id(passCheck(registration))
                                .name("Lignum's main loop")
                                .ttl("3s")
                                .status(PASSING)
                                .build())
                .build();
    }

    /**
     * Lists all checks: given none, the client sends an empty list, which binds the session to
     * none.
     */
    static Session session(Registration registration, SessionTimes times) {
        return ImmutableSession.builder()
                .name(id(registration))
                .ttl(millis(times.ttl()))
                .lockDelay(millis(times.lockDelay()))
                .behavior("release")
                .addChecks("serfHealth", portCheck(registration), passCheck(registration))
                .build();
    }

    private static String millis(Duration duration) {
        return duration.toMillis() + "ms";
    }
}
