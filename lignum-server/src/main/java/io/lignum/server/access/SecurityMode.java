package io.lignum.server.access;

import java.util.Locale;

/** Which callers a node serves: the values of the setting {@code security.mode}. */
public enum SecurityMode {
    /** Only callers on the node's own host. */
    PROTECTED,
    /** All callers that reach a port. */
    OPEN;

    /** As written in config.yml. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
