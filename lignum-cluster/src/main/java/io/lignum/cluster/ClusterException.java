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

    /** This node did not have the requested records in the time allowed. */
    public static final class NotCaughtUp extends ClusterException {
        private static final long serialVersionUID = 1L;

        public NotCaughtUp(String message) {
            super(Code.NOT_CAUGHT_UP, Outcome.NOT_APPLIED, message, null);
        }
    }

    /** The leader refused a forwarded request, with an error of its own. */
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
