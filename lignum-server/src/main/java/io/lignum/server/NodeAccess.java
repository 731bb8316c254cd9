package io.lignum.server;

import io.lignum.access.Identity;
import io.lignum.access.credential.TokenText;
import io.lignum.access.login.Authenticator;
import io.lignum.access.login.Origin;
import io.lignum.server.access.AccessConfig;
import io.lignum.server.access.Authorizer;
import io.lignum.server.access.Caller;
import io.lignum.server.access.Operation;
import io.lignum.server.access.Refusal;
import io.lignum.server.access.Requester;
import io.lignum.server.audit.AuditLog;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.metrics.NodeMetrics;
import io.lignum.server.security.BootstrapUser;
import io.lignum.server.security.RecoveryFile;
import io.lignum.server.service.LogService;
import io.lignum.server.service.NodeThreads;

import org.jspecify.annotations.Nullable;

import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Creates what decides about access, and owns its threads. Used by {@link LignumNode} as it starts
 * and stops.
 */
final class NodeAccess implements AutoCloseable {

    /** Checks of passwords at the same time, so that logins leave most of the machine to others. */
    private static final int CHECKING_THREADS = 2;

    private static final int MAX_WAITING_CHECKS = 100;

    private final ServerConfig config;
    private final AccessConfig settings;
    private final NodeMetrics metrics;
    private final AuditLog audit;
    private @Nullable LoginThreads threads;
    private @Nullable Authenticator logins;

    NodeAccess(ServerConfig config, NodeMetrics metrics) {
        this.config = config;
        this.settings = config.access();
        this.metrics = metrics;
        String node = config.nodeId().orElse(config.advertisedHost());
        this.audit =
                new AuditLog(config.hasAuditLog(), node, InstantSource.system(), System::nanoTime);
    }

    LogService.Security settings() {
        return new LogService.Security(
                settings,
                config.quotas(),
                audit,
                new BootstrapUser(
                        config.dataDirectory(),
                        config.bootstrapUserFile(),
                        settings.logins().passwords()));
    }

    /** The one that the listeners ask. */
    Authorizer authorizer(LogService service) {
        metrics.securityMode(settings.mode());
        metrics.observe(service.security());
        if (settings.mode().usesGrants()) {
            audit.started(settings.mode().text());
        }
        LoginThreads started = new LoginThreads(service.threads());
        threads = started;
        Authenticator authenticator = new Authenticator(
                service.security()::state,
                this::recover,
                started,
                InstantSource.system(),
                settings.logins().freeFailures());
        logins = authenticator;
        return new Authorizer(settings, service.access(), authenticator, new Observer());
    }

    /** A recovery token is accepted from this host only, as long as its file is there. */
    private Optional<Identity> recover(TokenText token, Origin origin) {
        if (!origin.isThisHost()) {
            return Optional.empty();
        }
        String node = config.nodeId().orElse("this-node");
        return RecoveryFile.read(config.dataDirectory(), token)
                .filter(until -> InstantSource.system().instant().isBefore(until))
                .map(until -> Identity.ofRecovery(node, until));
    }

    private final class Observer implements Authorizer.Listener {
        @Override
        public void refused(Operation operation, Refusal.Reason reason) {
            metrics.refused(operation, reason);
        }

        @Override
        public void loggedIn(Requester requester) {
            metrics.login(true);
            audit.loggedIn(requester);
        }

        @Override
        public void loginFailed(Caller caller, String credentials, String why) {
            metrics.login(false);
            audit.loginFailed(caller, credentials, why);
        }
    }

    /** The threads of the authenticator. */
    private static final class LoginThreads implements Authenticator.Threads {

        private final ThreadPoolExecutor checks;
        private final ScheduledExecutorService timer;

        LoginThreads(NodeThreads threads) {
            checks = new ThreadPoolExecutor(
                    CHECKING_THREADS,
                    CHECKING_THREADS,
                    10,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(MAX_WAITING_CHECKS),
                    threads.named("lignum-login"));
            checks.allowCoreThreadTimeOut(true);
            timer = threads.timer("lignum-login-timer");
        }

        @Override
        public void check(Runnable task) {
            checks.execute(task);
        }

        @Override
        public ScheduledExecutorService timer() {
            return timer;
        }
    }

    /** Logins that wait are refused from now on. */
    void stopping() {
        Authenticator started = logins;
        if (started != null) {
            started.close();
        }
    }

    @Override
    public void close() {
        LoginThreads started = threads;
        if (started != null) {
            started.timer.shutdownNow();
            started.checks.shutdown();
        }
    }
}
