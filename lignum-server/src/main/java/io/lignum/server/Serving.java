package io.lignum.server;

import io.lignum.cluster.ClusterStartException;
import io.lignum.server.config.ServerConfig;
import io.lignum.storage.StorageException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a node as the whole of a process. */
final class Serving {

    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

    private Serving() {}

    /** Returns when the node cannot start or cannot go on; a signal ends the process itself. */
    static int run(ServerConfig config) {
        LignumNode node;
        try {
            node = LignumNode.start(config);
        } catch (ClusterStartException e) {
            LOG.error("Cannot be in a cluster: {}", e.getMessage());
            return ExitCode.USAGE;
        } catch (NodeStartException | StorageException e) {
            LOG.error("Cannot start: {}", e.getMessage());
            return ExitCode.START_FAILED;
        }
        Thread atExit = new Thread(node::close, "lignum-stop");
        Runtime.getRuntime().addShutdownHook(atExit);
        Throwable cause = node.failure().join();
        LOG.error("Stopping with exit code {} because of: {}", ExitCode.FAILED, cause.getMessage());
        return ExitCode.FAILED;
    }
}
