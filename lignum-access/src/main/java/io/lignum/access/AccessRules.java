package io.lignum.access;

import io.lignum.access.Role.Permission;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All grants, indexed for decisions: a decision takes two hash look-ups, after the first one about
 * the same resource. Immutable apart from what it remembers; any thread.
 */
public final class AccessRules {

    /** Resources that are remembered for each principal; a principal with more pays for a scan. */
    private static final int MAX_REMEMBERED = 1_000;

    /** Each of these implies DESCRIBE, so that who may read a topic also finds it. */
    private static final int IMPLY_DESCRIBE =
            Action.READ.bit() | Action.WRITE.bit() | Action.ALTER.bit() | Action.DELETE.bit();

    private final Map<Principal, OfPrincipal> principals;

    private AccessRules(Map<Principal, OfPrincipal> principals) {
        this.principals = principals;
    }

    /** Rules without grants allow nothing. */
    public static AccessRules of(Collection<Grant> grants) {
        Map<Principal, OfPrincipal> principals = new HashMap<>();
        for (Grant grant : grants) {
            principals
                    .computeIfAbsent(grant.principal(), principal -> new OfPrincipal())
                    .add(grant);
        }
        return new AccessRules(Map.copyOf(principals));
    }

    /** Whether the principal may do this. */
    public boolean allow(Principal principal, Action action, Resource resource) {
        if (principal.isUnrestricted()) {
            return true;
        }
        OfPrincipal rules = principals.get(principal);
        return rules != null && (rules.actionsOn(resource) & action.bit()) != 0;
    }

    /** Whether the principal may create this topic: by a grant on it, or on the cluster. */
    public boolean allowCreate(Principal principal, Resource topic) {
        if (principal.isUnrestricted() || allow(principal, Action.CREATE, topic)) {
            return true;
        }
        OfPrincipal rules = principals.get(principal);
        return rules != null
                && allow(principal, Action.CREATE, Resource.CLUSTER)
                && !rules.denies(Action.CREATE, topic);
    }

    /** Whether the principal may change users and grants. */
    public boolean isAdministrator(Principal principal) {
        return allow(principal, Action.SECURE, Resource.CLUSTER);
    }

    /** The principals that have grants. */
    public Collection<Principal> principals() {
        return principals.keySet();
    }

    /** What one principal may do. */
    private static final class OfPrincipal {

        private record Rule(ResourcePattern resources, Grant.Effect effect, int actions) {}

        private final List<Rule> rules = new ArrayList<>();
        private final Map<Resource, Integer> remembered = new ConcurrentHashMap<>();

        void add(Grant grant) {
            grant.permissions()
                    .map(permission -> rule(permission, grant.effect()))
                    .forEach(rules::add);
        }

        private static Rule rule(Permission permission, Grant.Effect effect) {
            int actions = 0;
            for (Action action : permission.actions()) {
                actions |= action.bit();
            }
            return new Rule(permission.resources(), effect, actions);
        }

        int actionsOn(Resource resource) {
            Integer known = remembered.get(resource);
            if (known != null) {
                return known;
            }
            int actions = decide(resource);
            if (remembered.size() < MAX_REMEMBERED) {
                remembered.put(resource, actions);
            }
            return actions;
        }

        boolean denies(Action action, Resource resource) {
            return rules.stream()
                    .anyMatch(rule -> rule.effect() == Grant.Effect.DENY
                            && (rule.actions() & action.bit()) != 0
                            && rule.resources().matches(resource));
        }

        private int decide(Resource resource) {
            int allowed = 0;
            int denied = 0;
            for (Rule rule : rules) {
                if (!rule.resources().matches(resource)) {
                    continue;
                }
                if (rule.effect() == Grant.Effect.ALLOW) {
                    allowed |= rule.actions();
                } else {
                    denied |= rule.actions();
                }
            }
            int granted = allowed & ~denied;
            boolean describes = (granted & IMPLY_DESCRIBE) != 0;
            return describes ? granted | (Action.DESCRIBE.bit() & ~denied) : granted;
        }
    }
}
