package io.lignum.bench.server;

import java.io.IOException;

/**
 * The operations of a server's client. Used by one thread; the senders and receivers may be used by
 * others.
 */
interface Broker extends AutoCloseable {

    void createTopic(String topic) throws Exception;

    void deleteTopic(String topic) throws Exception;

    /** The number of records in the topic, according to the server. */
    long records(String topic) throws Exception;

    /** Opens a sender with its own connection. */
    Sender sender(String topic) throws Exception;

    /** Opens a receiver at the topic's first record, with its own connection. */
    Receiver receiver(String topic) throws Exception;

    /** Opens a receiver at a node of a cluster, counted from 0, if the client can choose. */
    default Receiver receiverAt(String topic, int node) throws Exception {
        return receiver(topic);
    }

    @Override
    void close() throws IOException;
}
