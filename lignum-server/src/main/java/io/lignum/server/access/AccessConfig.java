package io.lignum.server.access;

import java.util.Set;

/**
 * The settings that access decisions depend on. Immutable.
 *
 * @param publicMetrics whether metrics are public, like health
 * @param ownNames host names from the node's settings
 * @param allowedHosts further host names that requests may carry; empty: none
 */
public record AccessConfig(
        SecurityMode mode, boolean publicMetrics, Set<String> ownNames, Set<String> allowedHosts) {

    public AccessConfig {
        ownNames = Set.copyOf(ownNames);
        allowedHosts = Set.copyOf(allowedHosts);
    }
}
