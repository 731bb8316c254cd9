package io.lignum.server.access;

import java.util.Locale;

/** Which callers a node serves: the values of the setting {@code security.mode}. */
public enum SecurityMode {
    /** Only callers on the node's own host. */
    PROTECTED,
    /** All callers that reach a port. */
    OPEN,
    /** All callers, as {@link #OPEN}; what {@link #ON} would refuse is counted and logged. */
    OBSERVE,
    /** Callers that are authenticated, as far as grants allow. */
    ON;

    /** Whether users and grants count. */
    public boolean usesGrants() {
        return this == OBSERVE || this == ON;
    }

    /** As written in config.yml. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
