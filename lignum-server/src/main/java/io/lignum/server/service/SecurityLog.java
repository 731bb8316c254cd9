package io.lignum.server.service;

import io.lignum.access.state.Rejection;
import io.lignum.access.state.SecurityChange;
import io.lignum.access.state.SecurityJson;
import io.lignum.access.state.SecurityRecord;
import io.lignum.access.state.SecurityState;
import io.lignum.cluster.InternalTopics;
import io.lignum.record.LogRecord;
import io.lignum.record.Utf8;
import io.lignum.server.access.SecuritySource;
import io.lignum.storage.Durability;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The users, tokens and grants of the node, and the log that holds their changes: an internal topic
 * that is replicated like a {@code live} one and exists from the first change on. A change is
 * appended, and takes effect when a {@link SecurityFollower} has read it back as committed; what
 * it does is decided there, on all nodes alike.
 *
 * <p>Any thread.
 */
final class SecurityLog implements SecuritySource {

    static final String TOPIC = InternalTopics.SECURITY;

    /** How long the node that appended a change waits until it has read it back. */
    private static final Duration MAX_APPLY = Duration.ofSeconds(10);

    /** Small, since a trim removes whole segments. */
    private static final long SEGMENT_BYTES = 1 << 20;

    private final NodeState node;
    private final RequestFailures failures;

    /** Changes of this node that are not applied yet, by their id. */
    private final Map<String, CompletableFuture<Optional<Rejection>>> pending =
            new ConcurrentHashMap<>();

    private volatile SecurityState state = SecurityState.EMPTY;
    private volatile boolean loaded;
    private volatile @Nullable Runnable onTopicCreated;

    SecurityLog(NodeState node, RequestFailures failures) {
        this.node = node;
        this.failures = failures;
    }

    @Override
    public SecurityState state() {
        return state;
    }

    @Override
    public boolean isLoaded() {
        return loaded;
    }

    /** The follower calls {@code wake} as soon as there is a topic. */
    void onTopicCreated(Runnable wake) {
        onTopicCreated = wake;
    }

    /** Called by the follower, in the order of the log. */
    void publish(SecurityState newState) {
        state = newState;
    }

    /** Called by the follower: the state includes all that was committed before this call. */
    void loaded() {
        loaded = true;
    }

    /** Called by the follower when it has applied a record, and published the result. */
    void applied(String id, Optional<Rejection> outcome) {
        CompletableFuture<Optional<Rejection>> waiting = pending.remove(id);
        if (waiting != null) {
            waiting.complete(outcome);
        }
    }

    /**
     * Makes a change. Completes when it has taken effect on this node, or fails with the reason why
     * it had none.
     *
     * @param by for the log
     */
    CompletableFuture<Void> change(String by, SecurityChange change) {
        SecurityRecord record = new SecurityRecord(
                UUID.randomUUID().toString(), by, System.currentTimeMillis(), change);
        return change(record);
    }

    CompletableFuture<Void> change(SecurityRecord record) {
        CompletableFuture<Optional<Rejection>> outcome = new CompletableFuture<>();
        pending.put(record.id(), outcome);
        LogRecord entry = LogRecord.of(null, Utf8.encode(SecurityJson.encode(record)));
        CompletableFuture<Void> done = CompletableFuture.completedFuture(null)
                .thenCompose(start -> topic()) // What it throws becomes the future's failure.
                .thenCompose(there -> node.writes().appendInternal(TOPIC, entry))
                .thenCompose(appended -> applied(outcome))
                .thenApply(SecurityLog::orThrow);
        failures.whenDone(done, (nothing, error) -> pending.remove(record.id()));
        return done;
    }

    private static CompletableFuture<Optional<Rejection>> applied(
            CompletableFuture<Optional<Rejection>> outcome) {
        return outcome.orTimeout(MAX_APPLY.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(late -> {
                    throw ServiceException.unknown(
                            ErrorCode.COMMIT_UNKNOWN,
                            "the change is in the log and was not applied here within "
                                    + MAX_APPLY.toSeconds() + " s; look whether it took effect");
                });
    }

    private static @Nullable Void orThrow(Optional<Rejection> outcome) {
        if (outcome.isPresent()) {
            throw ServiceException.refused(
                    ErrorCode.FAILED_PRECONDITION, outcome.get().message());
        }
        return null;
    }

    /** The topic is created by the first change. */
    private CompletableFuture<Void> topic() {
        if (node.store().findTopic(TOPIC).isPresent()) {
            return CompletableFuture.completedFuture(null);
        }
        TopicConfig config = node.store()
                .config()
                .defaults()
                .withDurability(Durability.ALWAYS)
                .withSegmentMaxBytes(SEGMENT_BYTES)
                .withReplication(true, 0)
                .withRetentionBytes(OptionalLong.empty())
                .withRetentionAge(Optional.empty());
        CompletableFuture<?> created;
        try {
            created = node.writes().createTopic(TOPIC, config);
        } catch (StorageException.TopicExists raced) {
            created = CompletableFuture.completedFuture(null);
        }
        return created.handle((log, error) -> {
            if (error != null && ServiceException.of(error).code() != ErrorCode.TOPIC_EXISTS) {
                throw ServiceException.of(error);
            }
            Runnable wake = onTopicCreated;
            if (wake != null) {
                wake.run();
            }
            return null;
        });
    }
}
