package io.lignum.server.service;

/** Told what the service does; called on any thread, must be quick and must not throw. */
public interface ServiceListener {

    ServiceListener NONE = new ServiceListener() {};

    /** A produce was acknowledged. */
    default void produced(String topic, int records, long bytes, long nanos) {}

    /** A produce was asked for, whatever came of it. */
    default void produceRequested() {}

    default void read(String topic, int records, long bytes, long nanos) {}

    default void topicCreated(String topic) {}

    default void topicDeleted(String topic) {}

    default void failed(ErrorCode code) {}
}
