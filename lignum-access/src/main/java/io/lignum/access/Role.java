package io.lignum.access;

import static io.lignum.access.Resource.Type.CLUSTER;
import static io.lignum.access.Resource.Type.GROUP;
import static io.lignum.access.Resource.Type.TOPIC;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A set of actions with a name, so that common grants are short. */
public enum Role {
    /** Everything. */
    ADMIN(
            false,
            Map.of(CLUSTER, CLUSTER.actions(), TOPIC, TOPIC.actions(), GROUP, GROUP.actions())),
    /** Watches and operates the cluster, without access to records. */
    OPERATOR(
            false,
            Map.of(
                    CLUSTER, Set.of(Action.DESCRIBE, Action.METRICS, Action.OPERATE),
                    TOPIC, Set.of(Action.DESCRIBE),
                    GROUP, Set.of(Action.DESCRIBE))),
    /** Watches the cluster. */
    MONITOR(false, Map.of(CLUSTER, Set.of(Action.DESCRIBE, Action.METRICS))),
    /** Reads topics, and sees groups. */
    VIEWER(
            true,
            Map.of(
                    TOPIC, Set.of(Action.DESCRIBE, Action.READ),
                    GROUP, Set.of(Action.DESCRIBE))),
    /** Appends to topics, which appends may create. */
    PRODUCER(true, Map.of(TOPIC, Set.of(Action.DESCRIBE, Action.WRITE, Action.CREATE))),
    /** Reads topics, as a member of groups or without one. */
    CONSUMER(
            true,
            Map.of(
                    TOPIC, Set.of(Action.DESCRIBE, Action.READ),
                    GROUP, Set.of(Action.DESCRIBE, Action.READ)));

    private final boolean isForResource;

    @SuppressWarnings("ImmutableEnumChecker") // It is unmodifiable.
    private final Map<Resource.Type, Set<Action>> actions;

    Role(boolean isForResource, Map<Resource.Type, Set<Action>> actions) {
        this.isForResource = isForResource;
        this.actions = actions;
    }

    /** Actions on resources. */
    record Permission(ResourcePattern resources, Set<Action> actions) {}

    /** Whether the role can be limited to some resources. */
    boolean isForResource() {
        return isForResource;
    }

    boolean knows(Resource.Type type) {
        return actions.containsKey(type);
    }

    /** The permissions on all resources. */
    Stream<Permission> everywhere() {
        return List.of(Resource.Type.values()).stream()
                .filter(actions::containsKey)
                .map(type -> new Permission(ResourcePattern.all(type), ofType(type)));
    }

    /** The permissions on resources of one kind. */
    Permission on(ResourcePattern resources) {
        return new Permission(resources, ofType(resources.type()));
    }

    private Set<Action> ofType(Resource.Type type) {
        return actions.getOrDefault(type, Set.of());
    }

    /** As written in commands and records. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
