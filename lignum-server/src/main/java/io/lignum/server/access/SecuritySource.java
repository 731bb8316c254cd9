package io.lignum.server.access;

import io.lignum.access.state.SecurityState;

/** The users and grants as this node knows them. Any thread; does not block. */
public interface SecuritySource {

    SecurityState state();

    /** Whether the node has read them since its start. */
    boolean isLoaded();
}
