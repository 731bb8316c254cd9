package io.lignum.access;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All grants, indexed by principal for fast decisions. Immutable; any thread. */
public final class AccessRules {

    /** A HashMap: Map.copyOf probes many entries if names are numbered. */
    private final Map<Principal, PrincipalRules> principals;

    private AccessRules(Map<Principal, PrincipalRules> principals) {
        this.principals = principals;
    }

    /** Rules without grants allow nothing. */
    public static AccessRules of(Collection<Grant> grants) {
        Map<Principal, List<Grant>> grouped = new HashMap<>();
        for (Grant grant : grants) {
            grouped.computeIfAbsent(grant.principal(), principal -> new ArrayList<>())
                    .add(grant);
        }
        Map<Principal, PrincipalRules> principals = new HashMap<>();
        grouped.forEach((principal, own) -> principals.put(principal, PrincipalRules.of(own)));
        return new AccessRules(Collections.unmodifiableMap(principals));
    }

    /**
     * Whether the principal may do this. A grant of CREATE on the cluster is for all topics, unless
     * another one denies CREATE on the topic.
     */
    public boolean allow(Principal principal, Action action, Resource resource) {
        if (principal.isUnrestricted()) {
            return true;
        }
        PrincipalRules rules = principals.get(principal);
        return rules != null && (rules.actionsOn(resource) & action.bit()) != 0;
    }

    /** Whether the principal may change users and grants. */
    public boolean isAdministrator(Principal principal) {
        return allow(principal, Action.SECURE, Resource.CLUSTER);
    }

    /** The principals that have grants. */
    public Collection<Principal> principals() {
        return principals.keySet();
    }
}
