package io.lignum.access;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The object of an {@link Action}.
 *
 * @param name empty for the cluster
 */
public record Resource(Type type, String name) {

    /** The kinds of resources, each with the actions that it knows. */
    public enum Type {
        TOPIC(
                Action.DESCRIBE,
                Action.READ,
                Action.WRITE,
                Action.CREATE,
                Action.ALTER,
                Action.DELETE),
        GROUP(Action.DESCRIBE, Action.READ, Action.DELETE),
        CLUSTER(Action.DESCRIBE, Action.CREATE, Action.METRICS, Action.OPERATE, Action.SECURE);

        @SuppressWarnings("ImmutableEnumChecker") // It is unmodifiable.
        private final Set<Action> actions;

        Type(Action... actions) {
            this.actions = Collections.unmodifiableSet(EnumSet.copyOf(List.of(actions)));
        }

        /** The actions that can be granted on a resource of this kind. */
        public Set<Action> actions() {
            return actions;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static final Resource CLUSTER = new Resource(Type.CLUSTER, "");

    public static Resource topic(String name) {
        return new Resource(Type.TOPIC, name);
    }

    public static Resource group(String name) {
        return new Resource(Type.GROUP, name);
    }

    /** For messages: {@code topic orders}, {@code the cluster}. */
    public String shown() {
        return type == Type.CLUSTER ? "the cluster" : type.text() + " " + name;
    }
}
