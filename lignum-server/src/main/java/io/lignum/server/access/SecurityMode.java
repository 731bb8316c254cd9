package io.lignum.server.access;

import java.util.Locale;

/** Which callers a node serves. */
public enum SecurityMode {
    /** Those on its own host. */
    PROTECTED,
    /** All that reach a port. */
    OPEN;

    /** As written in config.yml. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
