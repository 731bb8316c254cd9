package io.lignum.server.access;

import io.lignum.access.Principal;
import io.lignum.access.credential.PasswordPolicy;

import java.util.Optional;
import java.util.Set;

/**
 * The settings that access decisions depend on. Immutable.
 *
 * @param publicMetrics whether metrics are public, like health
 * @param ownNames host names from the node's settings
 * @param allowedHosts further host names that requests may carry; empty: none
 * @param logins the settings of authentication
 */
public record AccessConfig(
        SecurityMode mode,
        boolean publicMetrics,
        Set<String> ownNames,
        Set<String> allowedHosts,
        Logins logins) {

    /**
     * The settings of authentication.
     *
     * @param superusers may do everything, regardless of grants
     * @param plainCredentials whether passwords and tokens may come from other hosts without TLS
     * @param freeFailures failed logins of an address for a user that cost no time
     * @param cluster whose users' certificates are accepted; empty: those of any cluster
     */
    public record Logins(
            Set<Principal> superusers,
            boolean plainCredentials,
            int freeFailures,
            PasswordPolicy passwords,
            Optional<String> cluster) {

        public Logins {
            superusers = Set.copyOf(superusers);
        }
    }

    public AccessConfig {
        ownNames = Set.copyOf(ownNames);
        allowedHosts = Set.copyOf(allowedHosts);
    }
}
