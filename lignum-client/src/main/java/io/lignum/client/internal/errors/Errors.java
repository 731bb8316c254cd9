package io.lignum.client.internal.errors;

import io.lignum.client.LignumException;
import io.lignum.client.LignumException.Details;
import io.lignum.client.LignumException.Outcome;
import io.lignum.record.RecordException;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/**
 * Creates the exceptions that originate in the client, and classifies exceptions.
 * {@code WireErrors} creates those of the nodes.
 */
public final class Errors {

    public static final String SHUTTING_DOWN = "SHUTTING_DOWN";
    public static final String OUT_OF_ORDER = "OUT_OF_ORDER_SEQUENCE";
    public static final String REQUEST_TOO_LARGE = "REQUEST_TOO_LARGE";
    public static final String NOT_AUTHENTICATED = "NOT_AUTHENTICATED";

    /** Codes of transient errors of a node: those that docs/errors.md lists with retry = yes. */
    private static final Set<String> RETRIABLE = Set.of(
            "OVERLOADED",
            "NOT_READY",
            SHUTTING_DOWN,
            "STORAGE_FULL",
            "STORAGE_FAILED",
            "NOT_LEADER",
            "NOT_ENOUGH_REPLICAS",
            "COMMIT_UNKNOWN",
            "COORDINATOR_UNAVAILABLE",
            "NOT_CAUGHT_UP");

    private Errors() {}

    /**
     * Whether the error is transient: the same call may succeed later. This does not say what
     * happened to its data.
     */
    public static boolean isRetriable(LignumException error) {
        return RETRIABLE.contains(error.code())
                || error instanceof LignumException.Disconnected
                || error instanceof LignumException.Timeout;
    }

    /**
     * Whether a leader that is cut off from the other nodes or from the coordinator would answer
     * this. Another node may lead by now, and since such a leader answers at once, a timeout does
     * not reveal it.
     */
    public static boolean isOfDoubtfulLeader(LignumException error) {
        return error instanceof LignumException.NotEnoughReplicas
                || error instanceof LignumException.CoordinatorUnavailable
                || error instanceof LignumException.CommitUnknown;
    }

    /** Whether the node answers every request like this. */
    public static boolean isOfTheNode(LignumException error) {
        return error instanceof LignumException.Unsupported
                || error instanceof LignumException.NotAuthenticated
                || error instanceof LignumException.AccessDenied
                || error instanceof LignumException.TlsFailed;
    }

    /**
     * Whether the node refused credentials that have been replaced since. The connection works, and
     * the next attempt sends the others.
     */
    public static boolean isOfReplacedCredentials(@Nullable LignumException error) {
        return error instanceof LignumException.Disconnected
                && error.getCause() instanceof LignumException.NotAuthenticated;
    }

    /**
     * Whether the batch itself is invalid, so that the same node refuses every copy of it. Other
     * refusals may not apply to a copy that arrived earlier.
     */
    public static boolean isOfTheBatch(LignumException error) {
        return error instanceof LignumException.TooLarge
                || error instanceof LignumException.InvalidRequest;
    }

    public static LignumException invalidAnswer(
            String what, Outcome outcome, @Nullable Throwable cause) {
        return new LignumException.ServerError(
                Details.of("INVALID_RESPONSE", outcome, what).cause(cause));
    }

    public static LignumException timeout(String what, Outcome outcome) {
        return new LignumException.Timeout(Details.of("TIMEOUT", outcome, what));
    }

    /** Like {@link #timeout(String, Outcome)}, with the last transient error, if there was one. */
    public static LignumException timeout(
            String what, Outcome outcome, @Nullable LignumException lastError) {
        if (lastError == null) {
            return timeout(what, outcome);
        }
        return new LignumException.Timeout(
                Details.of("TIMEOUT", outcome, what + "; last: " + lastError.getMessage())
                        .cause(lastError));
    }

    public static LignumException disconnected(String what, Outcome outcome) {
        return new LignumException.Disconnected(Details.of("DISCONNECTED", outcome, what));
    }

    public static LignumException noLeader() {
        return new LignumException.NotLeader(Details.of(
                "NOT_LEADER",
                Outcome.NOT_APPLIED,
                "no leader is known, or the leader cannot be reached"));
    }

    public static LignumException notCaughtUp() {
        return new LignumException.NotCaughtUp(Details.of(
                "NOT_CAUGHT_UP",
                Outcome.NONE,
                "no node has all records acknowledged to this client: the nodes are behind, or the"
                        + " log has lost records; readOwnWrites(false) reads what a node has"));
    }

    public static LignumException closed(String what) {
        return new LignumException.Closed(
                Details.of("CLOSED", Outcome.NOT_APPLIED, what + " is closed"));
    }

    public static LignumException tooLarge(String what, String limit, long limitBytes) {
        return new LignumException.TooLarge(Details.of(
                        "RECORD_TOO_LARGE",
                        Outcome.NOT_APPLIED,
                        what + ", " + limit + " is " + limitBytes)
                .about(limit)
                .numbers(OptionalLong.of(limitBytes), OptionalLong.empty()));
    }

    public static LignumException logIsShorter(long position, long logStart, long logEnd) {
        return new LignumException.OffsetOutOfRange(Details.of(
                        "OFFSET_OUT_OF_RANGE",
                        Outcome.NONE,
                        "the log ends at " + logEnd + ", but was read up to " + position
                                + ": the topic was restored, or has lost data")
                .numbers(OptionalLong.of(logStart), OptionalLong.of(logEnd)));
    }

    public static LignumException recreated(String topic, UUID read, UUID found) {
        return new LignumException.TopicRecreated(Details.of(
                        "TOPIC_RECREATED",
                        Outcome.NONE,
                        "topic " + topic + " was deleted and created again: " + read
                                + " was read before, it is " + found
                                + " now; whenRecreated(START_OVER) reads it from its start")
                .about(topic));
    }

    public static LignumException undecodable(String topic, long offset, RuntimeException cause) {
        return new LignumException.UndecodableRecord(Details.of(
                        "UNDECODABLE_RECORD",
                        Outcome.NONE,
                        "the codec cannot decode the record at offset " + offset + " of topic "
                                + topic + ": " + cause.getMessage())
                .cause(cause)
                .about(topic)
                .numbers(OptionalLong.of(offset), OptionalLong.empty()));
    }

    /** Received batches cannot be read. */
    public static LignumException unreadable(RecordException cause) {
        Details details = Details.of(
                        cause.code().name(), Outcome.NONE, String.valueOf(cause.getMessage()))
                .cause(cause);
        return cause instanceof RecordException.MissingCodec
                        || cause instanceof RecordException.UnsupportedVersion
                        || cause instanceof RecordException.UnsupportedCodec
                ? new LignumException.Unsupported(details)
                : new LignumException.ServerError(details);
    }

    public static LignumException bufferFull(long limitBytes) {
        return new LignumException.BufferFull(Details.of(
                "BUFFER_FULL",
                Outcome.NOT_APPLIED,
                "the producer holds unanswered records of " + limitBytes
                        + " bytes (maxBytesInFlight)"));
    }

    /** An error after which another node, or other credentials, may serve the call. */
    public static LignumException disconnected(LignumException why) {
        return new LignumException.Disconnected(
                Details.of("DISCONNECTED", why.outcome(), text(why)).cause(why));
    }

    public static LignumException expired(Outcome outcome, @Nullable LignumException lastError) {
        return timeout("not delivered within the delivery timeout", outcome, lastError);
    }

    /**
     * The batch was lost with its connection, and without sequence numbers it must not be repeated.
     */
    public static LignumException lost(LignumException why) {
        return new LignumException.Disconnected(
                Details.of("DISCONNECTED", Outcome.UNKNOWN, text(why)).cause(why));
    }

    public static LignumException forgotten(@Nullable LignumException why) {
        return new LignumException.UnknownProducer(Details.of(
                        "UNKNOWN_PRODUCER",
                        Outcome.UNKNOWN,
                        "the node no longer has the state of this producer, so it does not know"
                                + " whether it has the records")
                .cause(why));
    }

    public static LignumException identityInUse(@Nullable LignumException why) {
        return new LignumException.Fenced(Details.of(
                        "PRODUCER_FENCED",
                        Outcome.NOT_APPLIED,
                        "this identity and epoch were used before; each run needs a higher epoch")
                .cause(why));
    }

    public static LignumException identitySpent(@Nullable LignumException why) {
        return new LignumException.Fenced(Details.of(
                        "PRODUCER_FENCED",
                        Outcome.NOT_APPLIED,
                        "the node misses batches of this identity and epoch: the epoch was used"
                                + " before, or batches have failed; continue with a higher epoch")
                .cause(why));
    }

    /** The error that ends a producer or its connection, with the outcome for one batch. */
    public static LignumException withOutcome(LignumException error, boolean unknown) {
        Outcome outcome = unknown ? Outcome.UNKNOWN : Outcome.NOT_APPLIED;
        if (error.outcome() == outcome) {
            return error;
        }
        return sameKind(error, Details.of(error.code(), outcome, text(error)).cause(error));
    }

    private static LignumException sameKind(LignumException error, Details details) {
        if (error instanceof LignumException.Fenced) {
            return new LignumException.Fenced(details);
        }
        if (error instanceof LignumException.Closed) {
            return new LignumException.Closed(details);
        }
        if (error instanceof LignumException.TooLarge large) {
            return new LignumException.TooLarge(details.about(large.limit().orElse(null))
                    .numbers(large.limitBytes(), OptionalLong.empty()));
        }
        if (error instanceof LignumException.InvalidRequest invalid) {
            return new LignumException.InvalidRequest(
                    details.about(invalid.field().orElse(null)));
        }
        if (error instanceof LignumException.Unsupported) {
            return new LignumException.Unsupported(details);
        }
        if (error instanceof LignumException.NotAuthenticated) {
            return new LignumException.NotAuthenticated(details);
        }
        if (error instanceof LignumException.AccessDenied) {
            return new LignumException.AccessDenied(details);
        }
        if (error instanceof LignumException.TlsFailed) {
            return new LignumException.TlsFailed(details);
        }
        return new LignumException.ServerError(details);
    }

    /** An unexpected failure: a bug of the client, or an exception of user code. */
    public static LignumException bug(Throwable cause) {
        return new LignumException.ServerError(
                Details.of("INTERNAL", Outcome.UNKNOWN, "the client failed: " + cause)
                        .cause(cause));
    }

    private static String text(LignumException error) {
        String message = error.getMessage();
        return message == null ? error.code() : message;
    }
}
