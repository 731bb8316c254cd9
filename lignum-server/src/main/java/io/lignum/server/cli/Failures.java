package io.lignum.server.cli;

import io.lignum.client.LignumException;
import io.lignum.cluster.ClusterStartException;
import io.lignum.record.IoErrors;
import io.lignum.record.RecordException;
import io.lignum.server.config.ConfigException;
import io.lignum.server.grpc.ClusterAdmin;
import io.lignum.storage.StorageException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What a command could not do, in one line, and with which code it ends. */
final class Failures {

    private Failures() {}

    static int tell(Throwable failure, Terminal terminal) {
        Throwable cause = unwrap(failure);
        if (cause instanceof Output.ReaderGone) {
            return Exit.OK;
        }
        terminal.say(words(cause));
        return cause instanceof CommandFailure known ? known.exitCode() : Exit.FAILED;
    }

    static Throwable unwrap(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean wrapper =
                failure instanceof CompletionException || failure instanceof ExecutionException;
        return wrapper && cause != null ? unwrap(cause) : failure;
    }

    static String words(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).replace('\n', ' ');
        if (cause instanceof ClusterAdmin.Failed refused) {
            return message + (refused.isUnknown() ? "; it is not known whether it was done" : "");
        }
        if (cause instanceof CommandFailure
                || cause instanceof ConfigException
                || cause instanceof ClusterStartException
                || cause instanceof StorageException
                || cause instanceof RecordException) {
            return message;
        }
        if (cause instanceof LignumException known) {
            return message + advice(known);
        }
        if (cause instanceof IOException || cause instanceof UncheckedIOException) {
            return IoErrors.describe(
                            cause instanceof UncheckedIOException ? cause.getCause() : cause)
                    .replace('\n', ' ');
        }
        return "internal error, please report it: " + cause;
    }

    private static String advice(LignumException e) {
        if (String.valueOf(e.getMessage()).contains("First received frame was not SETTINGS")) {
            return "; what answers there does not speak gRPC, as HTTP ports do not: a node's gRPC"
                    + " port is 9080 unless it is set";
        }
        if (e instanceof LignumException.StorageFull) {
            return "; delete or trim topics, or make room on the node's disk";
        }
        if (e instanceof LignumException.Timeout && e.getCause() instanceof LignumException last) {
            String words = advice(last); // What the node answered is in the message.
            return words.isEmpty() ? unknown(e) : words;
        }
        if (e instanceof LignumException.UnknownTopic) {
            return "; 'lignum topic ls' lists those there are";
        }
        if (e instanceof LignumException.Disconnected || e instanceof LignumException.Timeout) {
            return "; is this the gRPC port of a node that runs? Start one with: lignum serve";
        }
        return unknown(e);
    }

    private static String unknown(LignumException e) {
        return e.outcome() == LignumException.Outcome.UNKNOWN
                ? "; it is not known whether it was done"
                : "";
    }
}
