package io.lignum.client;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Creates, describes, changes and deletes topics. Any thread may use it; no call blocks. Any node
 * answers; it forwards changes to the leader.
 *
 * <p>A future ends within the client's request timeout, with a {@link LignumException} if the call
 * fails. Until then the client repeats a call that failed for a transient reason, such as a cluster
 * without a leader, also at other nodes. It does not repeat a change whose outcome is UNKNOWN.
 *
 * <p>A name with an unpaired surrogate makes the call throw an IllegalArgumentException.
 */
public interface Topics {

    /** Creates a topic; fails with {@link LignumException.TopicExists} if the name is in use. */
    CompletableFuture<TopicDescription> create(TopicSpec spec);

    /** Describes a topic; fails with {@link LignumException.UnknownTopic} if it does not exist. */
    CompletableFuture<TopicDescription> describe(String name);

    /** Changes the settings that the spec contains, and no others. */
    CompletableFuture<TopicDescription> alter(TopicSpec spec);

    /** Deletes a topic and all its records. */
    CompletableFuture<Void> delete(String name);

    /** Lists all topics, sorted by name. */
    CompletableFuture<List<TopicDescription>> list();

    /**
     * Finds the offset of the first record with this timestamp or a later one.
     *
     * @return empty if there is no such record
     */
    CompletableFuture<OptionalLong> findOffset(String name, Instant time);
}
