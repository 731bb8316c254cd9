package io.lignum.bench.work;

import java.io.IOException;

/** A piece of work to be measured repeatedly. Used by one thread. */
public interface Work extends AutoCloseable {

    /** Prepares the first round, for instance by writing a log; not measured. */
    default void prepare() throws Exception {}

    /** Does the work once; the caller decides which rounds count. */
    Sample round() throws Exception;

    @Override
    default void close() throws IOException {}
}
