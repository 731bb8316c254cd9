package io.lignum.cluster;

import io.lignum.cluster.peer.NodeAddress;
import io.lignum.storage.Outcome;
import io.lignum.storage.StorageException;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * Errors of a cluster, in addition to those of a {@link io.lignum.storage.StorageException store}.
 */
public abstract sealed class ClusterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The kind of error, as sent to clients. */
    public enum Code {
        NOT_LEADER,
        NOT_ENOUGH_REPLICAS,
        COMMIT_UNKNOWN,
        COORDINATOR_UNAVAILABLE,
        NOT_CAUGHT_UP,
        INVALID_ARGUMENT,
        FAILED_PRECONDITION,
        FORWARDED
    }

    private final Code code;
    private final Outcome outcome;

    private ClusterException(
            Code code, Outcome outcome, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.outcome = outcome;
    }

    public final Code code() {
        return code;
    }

    /** What happened to the data. */
    public final Outcome outcome() {
        return outcome;
    }

    /** The leader to call instead. */
    public record Leader(String nodeId, NodeAddress address) {}

    /** This node does not lead. Nothing was done; call the leader, or try again in a moment. */
    public static final class NotLeader extends ClusterException {
        private static final long serialVersionUID = 1L;
        private final transient @Nullable Leader leader;

        public NotLeader(String message, @Nullable Leader leader) {
            super(Code.NOT_LEADER, Outcome.NOT_APPLIED, message, null);
            this.leader = leader;
        }

        /** The leader, as far as this node knows. */
        public Optional<Leader> leader() {
            return Optional.ofNullable(leader);
        }
    }

    /**
     * Fewer in-sync replicas are responsive than the topic requires. Nothing was done; try again
     * when they are back.
     */
    public static final class NotEnoughReplicas extends ClusterException {
        private static final long serialVersionUID = 1L;

        public NotEnoughReplicas(String topic, int responsive, int demanded) {
            super(
                    Code.NOT_ENOUGH_REPLICAS,
                    Outcome.NOT_APPLIED,
                    "topic " + topic + " demands " + demanded + " in-sync replicas, " + responsive
                            + " are there",
                    null);
        }
    }

    /**
     * The leadership ended, or replicas were silent for too long, before the append was committed.
     */
    public static final class CommitUnknown extends ClusterException {
        private static final long serialVersionUID = 1L;

        public CommitUnknown(String message) {
            super(Code.COMMIT_UNKNOWN, Outcome.UNKNOWN, message, null);
        }
    }

    /** The coordinator, or a node that must be asked, does not answer. Nothing was done. */
    public static final class CoordinatorUnavailable extends ClusterException {
        private static final long serialVersionUID = 1L;

        public CoordinatorUnavailable(String message, @Nullable Throwable cause) {
            super(Code.COORDINATOR_UNAVAILABLE, Outcome.NOT_APPLIED, message, cause);
        }
    }

    /**
     * The node that was asked did not get as far as the call demands in the time allowed. Nothing
     * was done; the same call can succeed later.
     */
    public static final class NotCaughtUp extends ClusterException {
        private static final long serialVersionUID = 1L;

        public NotCaughtUp(String message) {
            super(Code.NOT_CAUGHT_UP, Outcome.NOT_APPLIED, message, null);
        }
    }

    /** The call can never succeed as it is, for instance as it names a node that does not exist. */
    public static final class InvalidArgument extends ClusterException {
        private static final long serialVersionUID = 1L;

        public InvalidArgument(String message) {
            super(Code.INVALID_ARGUMENT, Outcome.NOT_APPLIED, message, null);
        }
    }

    /**
     * The state of the cluster does not allow the call. Nothing was done; the same call fails again
     * until an operator or another call changes that state.
     */
    public static final class FailedPrecondition extends ClusterException {
        private static final long serialVersionUID = 1L;

        public FailedPrecondition(String message) {
            super(Code.FAILED_PRECONDITION, Outcome.NOT_APPLIED, message, null);
        }
    }

    /** The leader refused what was forwarded to it, for a reason of its own. */
    public static final class Forwarded extends ClusterException {
        private static final long serialVersionUID = 1L;
        private final String leadersCode;
        private final transient StorageException.@Nullable Limit limit;

        /**
         * @param leadersCode name of a code of this class or of StorageException
         * @param limit the leader's limit that was reached
         */
        public Forwarded(
                String leadersCode,
                Outcome outcome,
                String message,
                Optional<StorageException.Limit> limit) {
            super(Code.FORWARDED, outcome, message, null);
            this.leadersCode = leadersCode;
            this.limit = limit.orElse(null);
        }

        /** The leader's limit that was reached, if any. */
        public Optional<StorageException.Limit> limit() {
            return Optional.ofNullable(limit);
        }

        /** Name of a code of this class or of {@link io.lignum.storage.StorageException.Code}. */
        public String leadersCode() {
            return leadersCode;
        }
    }
}
