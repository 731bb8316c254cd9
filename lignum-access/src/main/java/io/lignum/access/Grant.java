package io.lignum.access;

import io.lignum.access.Role.Permission;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Allows or denies a principal some actions. A denial outweighs every permission; without a
 * permission nothing is allowed.
 *
 * @param role empty: the actions are listed
 * @param actions empty if there is a role
 * @param resource empty: everything that the role concerns
 */
public record Grant(
        Principal principal,
        Effect effect,
        Optional<Role> role,
        Set<Action> actions,
        Optional<ResourcePattern> resource) {

    /** Whether the actions are permitted or denied. */
    public enum Effect {
        ALLOW,
        DENY;

        /** As written in records. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @throws IllegalArgumentException the parts do not fit each other; the message says why */
    public Grant {
        actions = Set.copyOf(actions);
        if (principal.isUnrestricted()) {
            throw new IllegalArgumentException("nothing can be granted to " + principal);
        }
        if (principal.equals(Principal.ANONYMOUS)
                && (role.equals(Optional.of(Role.ADMIN)) || actions.contains(Action.SECURE))) {
            throw new IllegalArgumentException(
                    "callers without credentials cannot be administrators");
        }
        if (role.isPresent()) {
            checkRole(role.get(), effect, resource);
        } else {
            checkActions(actions, resource);
        }
    }

    private static void checkRole(Role role, Effect effect, Optional<ResourcePattern> resource) {
        if (effect == Effect.DENY) {
            throw new IllegalArgumentException("a role cannot be denied: name the actions");
        }
        if (resource.isPresent() && !role.isForResource()) {
            throw new IllegalArgumentException(
                    "the role " + role.text() + " is for everything: leave the resource out");
        }
        if (resource.isPresent() && !role.knows(resource.get().type())) {
            throw new IllegalArgumentException(
                    "the role " + role.text() + " has no actions on " + resource.get());
        }
    }

    private static void checkActions(Set<Action> actions, Optional<ResourcePattern> resource) {
        if (actions.isEmpty()) {
            throw new IllegalArgumentException("a grant needs a role or actions");
        }
        ResourcePattern on = resource.orElseThrow(() -> new IllegalArgumentException(
                "actions need a resource, such as topic:orders or cluster"));
        if (!on.type().actions().containsAll(actions)) {
            throw new IllegalArgumentException("the actions on a " + on.type().text() + " are "
                    + joined(EnumSet.copyOf(on.type().actions())));
        }
    }

    /**
     * Parses a grant from words as the command line takes them.
     *
     * @param what a role, or actions joined by commas
     * @param resource empty: everything that the role concerns
     * @throws IllegalArgumentException the message says what is wrong
     */
    public static Grant parse(
            Principal principal, Effect effect, String what, Optional<String> resource) {
        Optional<Role> role = Arrays.stream(Role.values())
                .filter(candidate -> candidate.text().equals(what))
                .findFirst();
        Set<Action> actions = role.isPresent() ? Set.of() : actions(what);
        return new Grant(principal, effect, role, actions, resource.map(ResourcePattern::parse));
    }

    private static Set<Action> actions(String text) {
        EnumSet<Action> actions = EnumSet.noneOf(Action.class);
        for (String word : text.split(",", -1)) {
            actions.add(Arrays.stream(Action.values())
                    .filter(action -> action.text().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("'" + word
                            + "' is neither a role (" + roles() + ") nor an action ("
                            + joined(EnumSet.allOf(Action.class)) + ")")));
        }
        return actions;
    }

    private static String roles() {
        return Arrays.stream(Role.values()).map(Role::text).collect(Collectors.joining(", "));
    }

    private static String joined(EnumSet<Action> actions) {
        return actions.stream().map(Action::text).collect(Collectors.joining(", "));
    }

    /** The role, or the actions joined by commas, in a fixed order. */
    public String what() {
        return role.map(Role::text)
                .orElseGet(() -> actions.stream()
                        .sorted()
                        .map(Action::text)
                        .collect(Collectors.joining(",")));
    }

    Stream<Permission> permissions() {
        if (role.isEmpty()) {
            return Stream.of(new Permission(resource.orElseThrow(), actions));
        }
        return resource.isPresent()
                ? Stream.of(role.get().on(resource.get()))
                : role.get().everywhere();
    }

    /** Whether it says anything about the cluster itself, such as who may change users. */
    public boolean concernsCluster() {
        return permissions()
                .anyMatch(permission -> permission.resources().type() == Resource.Type.CLUSTER);
    }

    /** Whether it allows or denies this action on this resource. */
    public boolean concerns(Action action, Resource resource) {
        return permissions()
                .anyMatch(permission -> permission.resources().matches(resource)
                        && permission.actions().contains(action));
    }

    /** For people: {@code user:shop allow write on topic:orders.*}. */
    public String shown() {
        String on = resource.map(pattern -> " on " + pattern).orElse("");
        return "%s %s %s%s".formatted(principal, effect.text(), what(), on);
    }
}
