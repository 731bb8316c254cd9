package io.lignum.bench.work;

import java.io.IOException;

/** Something to be measured again and again. Used by one thread. */
public interface Work extends AutoCloseable {

    /** What is needed before the first round, such as a log to read; not measured. */
    default void prepare() throws Exception {}

    /** Does the work once; the caller says which rounds count and which only warm up. */
    Sample round() throws Exception;

    @Override
    default void close() throws IOException {}
}
