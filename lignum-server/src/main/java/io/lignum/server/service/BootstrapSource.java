package io.lignum.server.service;

import io.lignum.access.state.SecurityRecord;

import java.util.Optional;

/** The first user of a cluster, as an operator left it for the node. May block on files. */
public interface BootstrapSource {

    /** Nothing is to be done. */
    BootstrapSource NONE = new BootstrapSource() {
        @Override
        public Optional<SecurityRecord> find() {
            return Optional.empty();
        }

        @Override
        public void done() {}
    };

    /** Returns the change that creates the user; empty: no user is to be created. */
    Optional<SecurityRecord> find();

    /** There is an administrator now; the source is not asked again. */
    void done();
}
