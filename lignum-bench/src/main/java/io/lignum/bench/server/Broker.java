package io.lignum.bench.server;

import java.io.IOException;

/** What the client of a server can do. Used by one thread; what it opens may be used by others. */
interface Broker extends AutoCloseable {

    void createTopic(String topic) throws Exception;

    void deleteTopic(String topic) throws Exception;

    /** How many records the server says the topic holds. */
    long records(String topic) throws Exception;

    /** With a connection of its own. */
    Sender sender(String topic) throws Exception;

    /** From the topic's first record on, with a connection of its own. */
    Receiver receiver(String topic) throws Exception;

    /** The same, from that node of a cluster, counted from 0, if the client can choose. */
    default Receiver receiverAt(String topic, int node) throws Exception {
        return receiver(topic);
    }

    @Override
    void close() throws IOException;
}
