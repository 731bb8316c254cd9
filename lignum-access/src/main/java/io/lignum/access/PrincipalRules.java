package io.lignum.access;

import io.lignum.access.Role.Permission;

import java.util.ArrayList;
import java.util.List;

/** What one principal may do: an index for each type of resource. Immutable; any thread. */
final class PrincipalRules {

    private final ResourceIndex cluster;
    private final ResourceIndex topics;
    private final ResourceIndex groups;

    private PrincipalRules(List<Rule> rules) {
        cluster = new ResourceIndex(ofType(rules, Resource.Type.CLUSTER), 0);
        int everywhere = cluster.actionsOn(Resource.CLUSTER.name()) & Action.CREATE.bit();
        topics = new ResourceIndex(ofType(rules, Resource.Type.TOPIC), everywhere);
        groups = new ResourceIndex(ofType(rules, Resource.Type.GROUP), 0);
    }

    /** Rules of grants that all belong to the same principal. */
    static PrincipalRules of(List<Grant> grants) {
        List<Rule> rules = new ArrayList<>();
        for (Grant grant : grants) {
            grant.permissions()
                    .map(permission -> rule(permission, grant.effect()))
                    .forEach(rules::add);
        }
        return new PrincipalRules(rules);
    }

    private static Rule rule(Permission permission, Grant.Effect effect) {
        int actions = 0;
        for (Action action : permission.actions()) {
            actions |= action.bit();
        }
        return new Rule(permission.resources(), effect == Grant.Effect.ALLOW, actions);
    }

    private static List<Rule> ofType(List<Rule> rules, Resource.Type type) {
        return rules.stream().filter(rule -> rule.resources().type() == type).toList();
    }

    /** Returns the bits of the allowed actions. */
    int actionsOn(Resource resource) {
        return switch (resource.type()) {
            case CLUSTER -> cluster.actionsOn(resource.name());
            case TOPIC -> topics.actionsOn(resource.name());
            case GROUP -> groups.actionsOn(resource.name());
        };
    }

    /**
     * One permission of a grant.
     *
     * @param isAllowed false: the actions are denied
     * @param actions the bits of the actions
     */
    record Rule(ResourcePattern resources, boolean isAllowed, int actions) {}
}
