package io.lignum.server.faults;

/** A node whose classes are of another loader. */
public interface NodeProbe extends AutoCloseable {

    int httpPort();

    int grpcPort();

    /** What requests hold of the node's budgets; empty when they hold nothing. */
    String held();

    /** Whether the node has found that it cannot go on. */
    boolean hasFailed();

    @Override
    void close();
}
