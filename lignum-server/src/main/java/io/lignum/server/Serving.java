package io.lignum.server;

import io.lignum.cluster.ClusterStartException;
import io.lignum.record.IoErrors;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.logging.AuditFile;
import io.lignum.storage.StorageException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Runs a node as the only task of a process. The process ends when the node fails, when an {@code
 * Error} reaches the top of any thread, and on a signal, each time within the drain timeout and
 * {@link #STOP_MARGIN}.
 */
final class Serving {

    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

    /**
     * Added to the drain timeout for the leader transfer, the last flush and the closing of
     * connections.
     */
    private static final Duration STOP_MARGIN = Duration.ofSeconds(20);

    private Serving() {}

    /** Returns when the node cannot start or cannot continue; a signal ends the process itself. */
    static int run(ServerConfig config) {
        ArchiveCheck.problem().ifPresent(LOG::warn);
        StopDeadline deadline = StopDeadline.arm(config.limits().drainTimeout().plus(STOP_MARGIN));
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, cause) -> uncaught(thread, cause, failure));
        LignumNode node;
        try {
            config.auditFile().ifPresent(Serving::redirectAudit);
            node = LignumNode.start(config);
        } catch (ClusterStartException e) {
            LOG.error("Cannot be in a cluster: {}", e.getMessage());
            return ExitCode.USAGE;
        } catch (NodeStartException | StorageException e) {
            LOG.error("Cannot start: {}", e.getMessage());
            return ExitCode.START_FAILED;
        } catch (RuntimeException e) {
            LOG.error("Cannot start: {}", IoErrors.describe(e), e);
            return ExitCode.START_FAILED;
        } catch (Error e) {
            LOG.error("Cannot start: {}", e.toString(), e);
            return ExitCode.START_FAILED;
        }
        Thread atExit = new Thread(() -> stop(node, deadline), "lignum-stop");
        Runtime.getRuntime().addShutdownHook(atExit);
        NodeFailures.relay(node.failure(), failure);
        Throwable cause = failure.join();
        deadline.begin(); // Before anything that may want memory.
        LOG.error("Stopping with exit code {} because of: {}", ExitCode.FAILED, cause.toString());
        return ExitCode.FAILED;
    }

    private static void redirectAudit(Path file) {
        try {
            AuditFile.install(file);
        } catch (IOException e) {
            throw new NodeStartException(
                    "audit.file %s cannot be written: %s".formatted(file, IoErrors.describe(e)), e);
        }
    }

    private static void stop(LignumNode node, StopDeadline deadline) {
        deadline.begin();
        node.close();
    }

    /**
     * Ends the process for an Error: memory, the stack or the classes may be damaged. An exception
     * in a library's thread is only logged; the node's own threads have their own handler.
     */
    private static void uncaught(
            Thread thread, Throwable cause, CompletableFuture<Throwable> failure) {
        if (cause instanceof Error) {
            failure.complete(cause);
        }
        LOG.error("Uncaught in thread {}", thread.getName(), cause);
    }
}
