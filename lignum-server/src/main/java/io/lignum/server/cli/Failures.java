package io.lignum.server.cli;

import io.lignum.client.LignumException;
import io.lignum.cluster.ClusterStartException;
import io.lignum.record.IoErrors;
import io.lignum.record.RecordException;
import io.lignum.server.cert.CertException;
import io.lignum.server.config.ConfigException;
import io.lignum.server.grpc.AdminFailure;
import io.lignum.storage.StorageException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Turns exceptions of commands into one line and an exit code. */
final class Failures {

    private static final String NOT_AUTHENTICATED = "NOT_AUTHENTICATED";
    private static final String LOGIN = "; log in with --user NAME, or with --token-file FILE";
    private static final String UNKNOWN = "; it is not known whether it took effect";

    private Failures() {}

    static int tell(Throwable failure, Terminal terminal) {
        Throwable cause = unwrap(failure);
        if (cause instanceof Output.ReaderClosed) {
            return Exit.OK;
        }
        terminal.say(words(cause));
        return exitCode(cause);
    }

    private static int exitCode(Throwable cause) {
        if (cause instanceof CommandFailure known) {
            return known.exitCode();
        }
        if (cause instanceof AdminFailure refused) {
            return refused.errorCode().map(Exit::of).orElse(Exit.FAILED);
        }
        return cause instanceof LignumException failed ? Exit.of(failed.code()) : Exit.FAILED;
    }

    static Throwable unwrap(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean wrapper =
                failure instanceof CompletionException || failure instanceof ExecutionException;
        return wrapper && cause != null ? unwrap(cause) : failure;
    }

    static String words(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).replace('\n', ' ');
        if (cause instanceof AdminFailure refused) {
            return message
                    + (refused.errorCode().filter(NOT_AUTHENTICATED::equals).isPresent()
                            ? LOGIN
                            : refused.isUnknown() ? UNKNOWN : "");
        }
        if (cause instanceof CommandFailure
                || cause instanceof CertException
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
            return "; this port does not speak gRPC, perhaps it is an HTTP port: a node's gRPC"
                    + " port is 9080 by default";
        }
        if (e instanceof LignumException.NotAuthenticated) {
            return LOGIN;
        }
        if (e instanceof LignumException.StorageFull) {
            return "; delete or trim topics, or free space on the node's disk";
        }
        if (e instanceof LignumException.Timeout && e.getCause() instanceof LignumException last) {
            String words = advice(last); // The message contains the node's answer.
            return words.isEmpty() ? unknown(e) : words;
        }
        if (e instanceof LignumException.UnknownTopic) {
            return "; 'lignum topic ls' lists the topics";
        }
        if (String.valueOf(e.getMessage()).contains("requires TLS")) {
            return "; use --tls-ca FILE, or --tls to trust the CAs of the JVM";
        }
        if (e instanceof LignumException.TlsFailed) {
            return "; see: lignum cert show HOST:PORT";
        }
        if (e instanceof LignumException.Disconnected || e instanceof LignumException.Timeout) {
            return "; is this the gRPC port of a running node? Start one with: lignum serve";
        }
        return unknown(e);
    }

    private static String unknown(LignumException e) {
        return e.outcome() == LignumException.Outcome.UNKNOWN ? UNKNOWN : "";
    }
}
