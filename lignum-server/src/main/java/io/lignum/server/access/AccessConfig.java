package io.lignum.server.access;

import java.util.Set;

/**
 * What access is decided by. Immutable.
 *
 * @param publicMetrics whether metrics are given to everybody, as health is
 * @param ownNames names that the node's settings call it by
 * @param allowedHosts further names that callers may call it by; empty: none
 */
public record AccessConfig(
        SecurityMode mode, boolean publicMetrics, Set<String> ownNames, Set<String> allowedHosts) {

    public AccessConfig {
        ownNames = Set.copyOf(ownNames);
        allowedHosts = Set.copyOf(allowedHosts);
    }
}
