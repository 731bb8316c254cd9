package io.lignum.server.access;

import io.lignum.access.Action;
import io.lignum.access.Identity;
import io.lignum.access.Identity.Method;
import io.lignum.access.Principal;
import io.lignum.access.Resource;
import io.lignum.access.credential.PasswordPolicy;
import io.lignum.access.state.SecurityState;
import io.lignum.server.access.Refusal.Reason;

import java.time.InstantSource;
import java.util.Optional;

/**
 * Decides what a requester may do; no other place does. In the modes protected and open everybody
 * who reached this point may do everything. Any thread; does not block.
 */
public final class AccessControl {

    /** Observes decisions. Called on the call's thread; must be quick and must not throw. */
    public interface Listener {
        /**
         * A call was refused, or would be in mode on.
         *
         * @param enforced false in mode observe, where the call is served
         */
        void denied(Requester requester, Action action, Resource resource, boolean enforced);
    }

    private static final String LOG_IN =
            "log in with a user's password (Basic), a token (Bearer) or" + " a client certificate";

    private final AccessConfig config;
    private final SecuritySource source;
    private final InstantSource clock;
    private final Listener listener;

    public AccessControl(
            AccessConfig config, SecuritySource source, InstantSource clock, Listener listener) {
        this.config = config;
        this.source = source;
        this.clock = clock;
        this.listener = listener;
    }

    public SecurityMode mode() {
        return config.mode();
    }

    /** Returns why the requester may not do this; empty: it may. */
    public Optional<Refusal> check(Requester requester, Action action, Resource resource) {
        if (!config.mode().usesGrants() || requester.identity().method() == Method.IN_PROCESS) {
            return Optional.empty();
        }
        Identity identity = requester.identity();
        SecurityState state = source.state();
        if (!source.isLoaded() && !identity.principal().isUnrestricted()) {
            return config.mode() == SecurityMode.ON ? Optional.of(notLoaded()) : Optional.empty();
        }
        if (!state.confirms(identity, clock)) {
            return enforced(requester, action, resource, ended(identity));
        }
        if (isGranted(identity.principal(), action, resource)) {
            return Optional.empty();
        }
        return enforced(requester, action, resource, denial(identity, action, resource));
    }

    private boolean isSuperuser(Principal principal) {
        return principal.isUnrestricted() || config.logins().superusers().contains(principal);
    }

    private static Refusal ended(Identity identity) {
        return new Refusal(
                Reason.NOT_AUTHENTICATED,
                "the login of " + identity.principal() + " is no longer valid: log in again");
    }

    private static Refusal denial(Identity identity, Action action, Resource resource) {
        String needed = action.text() + " on " + resource.shown();
        return identity.isAuthenticated()
                ? new Refusal(
                        Reason.NOT_GRANTED,
                        "%s needs a grant of %s (lignum access grant %1$s %s %s)"
                                .formatted(
                                        identity.principal(),
                                        needed,
                                        action.text(),
                                        pattern(resource)))
                : new Refusal(Reason.NOT_AUTHENTICATED, needed + " needs a login: " + LOG_IN);
    }

    static Refusal notLoaded() {
        return new Refusal(
                Reason.NOT_LOADED, "this node has not read the users and grants yet: try again");
    }

    private static String pattern(Resource resource) {
        return resource.type() == Resource.Type.CLUSTER
                ? "cluster"
                : resource.shown().replace(' ', ':');
    }

    /** In mode observe the denial is only reported. */
    private Optional<Refusal> enforced(
            Requester requester, Action action, Resource resource, Refusal refusal) {
        boolean on = config.mode() == SecurityMode.ON;
        listener.denied(requester, action, resource, on);
        return on ? Optional.of(refusal) : Optional.empty();
    }

    /** Whether a list may contain this. A refusal is not reported. */
    public boolean sees(Requester requester, Resource resource) {
        return config.mode() != SecurityMode.ON || allows(requester, Action.DESCRIBE, resource);
    }

    /** Whether this is granted. A refusal is not reported. */
    public boolean allows(Requester requester, Action action, Resource resource) {
        Identity identity = requester.identity();
        return !config.mode().usesGrants()
                || identity.method() == Method.IN_PROCESS
                || (source.state().confirms(identity, clock)
                        && isGranted(identity.principal(), action, resource));
    }

    /** Whether grants allow this, whatever the mode. */
    public boolean isGranted(Principal principal, Action action, Resource resource) {
        return source.state().rules().allow(principal, action, resource) || isSuperuser(principal);
    }

    /** Which passwords users may have. */
    public PasswordPolicy passwords() {
        return config.logins().passwords();
    }

    /** Returns why the requester's login is over; empty: it is not. */
    public Optional<Refusal> checkLogin(Requester requester) {
        Identity identity = requester.identity();
        return config.mode() != SecurityMode.ON || source.state().confirms(identity, clock)
                ? Optional.empty()
                : Optional.of(ended(identity));
    }

    /**
     * Returns why the requester may not call at all; empty: what it may do is decided when the
     * resource is known. Callers without credentials are refused here, unless
     * {@code user:anonymous} has grants.
     */
    Optional<Refusal> admit(Requester requester, Operation operation) {
        if (!config.mode().usesGrants()) {
            return Optional.empty();
        }
        return switch (operation) {
            case HEALTH -> Optional.empty();
            case METRICS -> check(requester, Action.METRICS, Resource.CLUSTER);
            case OPERATE -> check(requester, Action.OPERATE, Resource.CLUSTER);
            case DESCRIBE, READ, WRITE, ALTER, SECURE, NONE -> admitKnown(requester);
        };
    }

    private Optional<Refusal> admitKnown(Requester requester) {
        if (requester.identity().isAuthenticated()) {
            return checkLogin(requester);
        }
        if (source.state().rules().principals().contains(Principal.ANONYMOUS)) {
            return Optional.empty();
        }
        if (config.mode() == SecurityMode.OBSERVE) {
            listener.denied(requester, Action.DESCRIBE, Resource.CLUSTER, false);
            return Optional.empty();
        }
        return Optional.of(
                source.isLoaded()
                        ? new Refusal(
                                Reason.NOT_AUTHENTICATED,
                                "this node serves callers that log in only: " + LOG_IN)
                        : notLoaded());
    }

    /** What is known about users and grants. */
    public SecurityState state() {
        return source.state();
    }

    public boolean isLoaded() {
        return source.isLoaded();
    }
}
