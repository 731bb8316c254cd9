package io.lignum.client.internal.errors;

import io.lignum.client.LignumException;
import io.lignum.client.LignumException.Details;
import io.lignum.client.LignumException.Outcome;
import io.lignum.client.internal.net.WireErrors;
import io.lignum.record.RecordException;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/** The exceptions that the client makes itself; {@link WireErrors} has those of the nodes. */
public final class Errors {

    public static final String SHUTTING_DOWN = "SHUTTING_DOWN";
    public static final String OUT_OF_ORDER = "OUT_OF_ORDER_SEQUENCE";
    public static final String REQUEST_TOO_LARGE = "REQUEST_TOO_LARGE";

    /** Codes of the node that may be gone at the next try. */
    private static final Set<String> PASSING = Set.of(
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

    /** Whether the same call may succeed later. What became of its data is another question. */
    public static boolean mayPass(LignumException error) {
        return PASSING.contains(error.code())
                || error instanceof LignumException.Disconnected
                || error instanceof LignumException.Timeout;
    }

    /**
     * Whether a leader that is cut off from the others, or from the coordinator, would answer so:
     * another one may lead by now, and what refuses at once is never found to be slow.
     */
    public static boolean isOfDoubtfulLeader(LignumException error) {
        return error instanceof LignumException.NotEnoughReplicas
                || error instanceof LignumException.CoordinatorUnavailable
                || error instanceof LignumException.CommitUnknown;
    }

    /** Whether everything sent to the node would be answered so, however often. */
    public static boolean isOfTheNode(LignumException error) {
        return error instanceof LignumException.Unsupported
                || error instanceof LignumException.AccessDenied;
    }

    /**
     * Whether the batch itself is wrong, so that every copy of it meets the same refusal at the
     * same node. What else speaks against a batch may have been otherwise a moment before.
     */
    public static boolean isOfTheBatch(LignumException error) {
        return error instanceof LignumException.TooLarge
                || error instanceof LignumException.InvalidRequest;
    }

    public static LignumException nonsense(
            String what, Outcome outcome, @Nullable Throwable cause) {
        return new LignumException.ServerError(
                Details.of("NONSENSE", outcome, what).cause(cause));
    }

    public static LignumException timeout(String what, Outcome outcome) {
        return new LignumException.Timeout(Details.of("TIMEOUT", outcome, what));
    }

    /** As {@link #timeout}, when the last error that was tried again is known. */
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

    public static LignumException nobodyLeads() {
        return new LignumException.NotLeader(Details.of(
                "NOT_LEADER",
                Outcome.NOT_APPLIED,
                "no node is known to lead, or the one that does cannot be reached"));
    }

    public static LignumException notCaughtUp() {
        return new LignumException.NotCaughtUp(Details.of(
                "NOT_CAUGHT_UP",
                Outcome.NONE,
                "no node has what this client was acknowledged: they are far behind, or the log has"
                        + " lost it; readOwnWrites(false) reads what there is"));
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
                                + ": the topic was rebuilt, or has lost data")
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

    /** Why batches that came in cannot be read. */
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
                "records of " + limitBytes + " bytes (maxBytesInFlight) are not answered yet"));
    }

    public static LignumException expired(Outcome outcome, @Nullable LignumException lastError) {
        return timeout("not delivered within the delivery timeout", outcome, lastError);
    }

    /** Lost on its way, and not to be sent again as there is no producer to recognise it by. */
    public static LignumException lost(LignumException why) {
        return new LignumException.Disconnected(
                Details.of("DISCONNECTED", Outcome.UNKNOWN, text(why)).cause(why));
    }

    public static LignumException forgotten(@Nullable LignumException why) {
        return new LignumException.UnknownProducer(Details.of(
                        "UNKNOWN_PRODUCER",
                        Outcome.UNKNOWN,
                        "the node has forgotten this producer, and cannot tell whether it has what"
                                + " was sent before")
                .cause(why));
    }

    public static LignumException identityInUse(@Nullable LignumException why) {
        return new LignumException.Fenced(Details.of(
                        "PRODUCER_FENCED",
                        Outcome.NOT_APPLIED,
                        "this identity and epoch were used before; every run needs a higher epoch")
                .cause(why));
    }

    public static LignumException identitySpent(@Nullable LignumException why) {
        return new LignumException.Fenced(Details.of(
                        "PRODUCER_FENCED",
                        Outcome.NOT_APPLIED,
                        "the node misses batches of this identity and epoch: it was used before, or"
                                + " some were given up; a higher epoch can go on")
                .cause(why));
    }

    /** The error that ends a producer or its connection, as told to each of its batches. */
    public static LignumException withOutcome(LignumException error, boolean unknown) {
        Outcome outcome = unknown ? Outcome.UNKNOWN : Outcome.NOT_APPLIED;
        if (error.outcome() == outcome) {
            return error;
        }
        Details details = Details.of(error.code(), outcome, text(error)).cause(error);
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
        if (error instanceof LignumException.AccessDenied) {
            return new LignumException.AccessDenied(details);
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
