package io.lignum.access.state;

/** The most users, tokens and grants. The same on all nodes, since all decide alike. */
public final class SecurityLimits {

    public static final int MAX_USERS = 10_000;
    public static final int MAX_TOKENS_OF_USER = 100;
    public static final int MAX_GRANTS = 10_000;

    private SecurityLimits() {}
}
