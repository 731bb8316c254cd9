package io.lignum.server.service;

/** A registered check of a stream's rights. */
public interface Recheck extends AutoCloseable {

    /** Ends the checks. */
    @Override
    void close();
}
