package io.lignum.server.access;

import io.lignum.access.credential.PasswordPolicy;
import io.lignum.access.login.Authenticator;
import io.lignum.access.state.SecurityChange;
import io.lignum.access.state.SecurityRecord;
import io.lignum.access.state.SecurityState;
import io.lignum.access.state.SecurityStateMachine;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The real classes that decide about access, over users that a test sets. */
final class AccessFixture implements AutoCloseable {

    /** Without superusers. */
    static final AccessConfig.Logins LOGINS =
            new AccessConfig.Logins(Set.of(), false, 5, new PasswordPolicy(12), Optional.empty());

    final SecurityStateMachine machine = new SecurityStateMachine(0);
    final List<String> denied = new ArrayList<>();
    final AccessControl control;
    boolean loaded = true;

    private final AccessConfig config;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private long next;

    AccessFixture(AccessConfig config) {
        this.config = config;
        this.control = new AccessControl(
                config,
                new SecuritySource() {
                    @Override
                    public SecurityState state() {
                        return machine.state();
                    }

                    @Override
                    public boolean isLoaded() {
                        return loaded;
                    }
                },
                InstantSource.system(),
                (requester, action, resource, enforced) ->
                        denied.add(requester.identity().principal() + " " + action + " "
                                + resource.shown() + " " + enforced));
    }

    void apply(SecurityChange change) {
        long offset = next++;
        machine.apply(offset, new SecurityRecord("c" + offset, "user:root", 1, change))
                .ifPresent(rejection -> {
                    throw new IllegalArgumentException(rejection.message());
                });
    }

    Authorizer authorizer(List<String> reported) {
        Authenticator authenticator = new Authenticator(
                machine::state,
                (token, address) -> Optional.empty(),
                new Authenticator.Threads() {
                    @Override
                    public void check(Runnable task) {
                        task.run();
                    }

                    @Override
                    public ScheduledExecutorService timer() {
                        return timer;
                    }
                },
                InstantSource.system(),
                config.logins().freeFailures());
        return new Authorizer(config, control, authenticator, new Authorizer.Listener() {
            @Override
            public void refused(Operation operation, Refusal.Reason reason) {
                reported.add(operation + " " + reason);
            }

            @Override
            public void loggedIn(Requester requester) {
                reported.add("login " + requester.identity().principal());
            }

            @Override
            public void loginFailed(Caller caller, String credentials, String why) {
                reported.add("failed " + credentials);
            }
        });
    }

    /** The refusal that a call ended with; empty: it was admitted. */
    static Optional<Refusal> refusal(CompletableFuture<Requester> call) {
        try {
            call.join();
            return Optional.empty();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RefusedException refused) {
                return Optional.of(refused.refusal());
            }
            throw e;
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
