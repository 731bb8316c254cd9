package io.lignum.server.service;

import io.lignum.access.state.SecurityRecord;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Creates the first administrator, if an operator left one for this node. Several nodes may try:
 * the security log accepts the first one only. Called once a second by the
 * {@link SecurityFollower}, until there is an administrator.
 */
final class Bootstrap implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Bootstrap.class);

    private final SecurityLog security;
    private final BootstrapSource source;
    private final RequestFailures failures;
    private @Nullable CompletableFuture<Void> running;
    private volatile boolean isDone;

    Bootstrap(SecurityLog security, BootstrapSource source, RequestFailures failures) {
        this.security = security;
        this.source = source;
        this.failures = failures;
    }

    @Override
    public void run() {
        CompletableFuture<Void> before = running;
        if (isDone || !security.isLoaded() || (before != null && !before.isDone())) {
            return;
        }
        if (security.state().hasAdministrator()) {
            isDone = true;
            source.done();
            return;
        }
        Optional<SecurityRecord> wanted = source.find();
        if (wanted.isEmpty()) {
            return;
        }
        CompletableFuture<Void> change = start(wanted.get());
        running = change;
        failures.whenDone(change, (done, error) -> {
            if (error == null) {
                LOG.info("Created the first administrator");
            } else if (ServiceException.of(error).code() == ErrorCode.FAILED_PRECONDITION) {
                isDone = true; // Another node was faster, or the user cannot be.
                LOG.warn("The first administrator was not created: {}", error.getMessage());
            } else {
                LOG.debug("The first administrator is not created yet", error);
            }
        });
    }

    private CompletableFuture<Void> start(SecurityRecord record) {
        try {
            return security.change(record);
        } catch (RuntimeException notReady) {
            return CompletableFuture.failedFuture(notReady);
        }
    }
}
