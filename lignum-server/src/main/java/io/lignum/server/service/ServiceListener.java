package io.lignum.server.service;

import io.lignum.access.Action;

/** Gets the events of the service. Called on any thread; must be quick and must not throw. */
public interface ServiceListener {

    ServiceListener NONE = new ServiceListener() {};

    /** A produce request was acknowledged. */
    default void produced(String topic, int records, long bytes, long nanos) {}

    /** A produce request arrived, whatever its result. */
    default void produceRequested() {}

    default void read(String topic, int records, long bytes, long nanos) {}

    default void topicCreated(String topic) {}

    default void topicDeleted(String topic) {}

    default void failed(ErrorCode code) {}

    /** A grant was missing; {@code enforced} is false where the call is served nevertheless. */
    default void denied(Action action, boolean enforced) {}
}
