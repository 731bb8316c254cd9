package io.lignum.server.access;

import io.lignum.access.Identity;
import io.lignum.access.credential.Credentials;
import io.lignum.access.login.Authenticator;
import io.lignum.access.login.LoginException;
import io.lignum.access.login.Origin;
import io.lignum.server.access.Refusal.Reason;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Decides whether a client's call is admitted, and finds out who makes it. The listeners ask it
 * before they look at anything else of a call, on the node that received the call. What the caller
 * may do with topics is decided by {@link AccessControl}, when they are known. Any thread. Does not
 * block, except for one look-up of this host's name.
 */
public final class Authorizer {

    static final String SERVES_OWN_HOST = "this node serves callers on its own host only, because"
            + " security.mode is protected: to serve other hosts of a trusted network, set"
            + " security.mode: open (or LIGNUM_SECURITY_MODE=open) on the node; to serve callers"
            + " that log in, set security.mode: on";

    /** Called on the call's thread. Must be quick and must not throw. */
    public interface Listener {
        void refused(Operation operation, Reason reason);

        /** A caller showed credentials. */
        void loggedIn(Requester requester);

        /** A caller showed credentials that were not accepted. */
        void loginFailed(Caller caller, String credentials, String why);
    }

    /**
     * A call, as far as it is known before its body.
     *
     * @param web empty: a protocol that browsers do not use
     * @param authorization the values of the Authorization header
     */
    public record Call(
            Operation operation,
            Caller caller,
            Optional<WebRequest> web,
            List<String> authorization) {}

    private final AccessConfig config;
    private final AccessControl control;
    private final Authenticator authenticator;
    private final BrowserRules browsers;
    private final CertificatePrincipals certificates;
    private final OwnAddresses ownAddresses = new OwnAddresses();
    private final RefusedCallLog log = new RefusedCallLog(System::nanoTime);
    private final Listener listener;

    public Authorizer(
            AccessConfig config,
            AccessControl control,
            Authenticator authenticator,
            Listener listener) {
        this.config = config;
        this.control = control;
        this.authenticator = authenticator;
        this.browsers = new BrowserRules(config);
        this.certificates = new CertificatePrincipals(config.logins().cluster());
        this.listener = listener;
    }

    /**
     * Completes with the requester of an admitted call; fails with {@link RefusedException}. Done
     * at once, unless a password must be checked, or the caller has to wait after failed logins.
     */
    public CompletableFuture<Requester> authorize(Call call) {
        if (isPublic(call.operation())) {
            return CompletableFuture.completedFuture(requester(Identity.ANONYMOUS, call));
        }
        Optional<Refusal> refusal =
                checkHost(call.caller()).or(() -> call.web().flatMap(browsers::check));
        if (refusal.isPresent()) {
            return refused(call, refusal.get());
        }
        if (!config.mode().usesGrants()) {
            return CompletableFuture.completedFuture(requester(Identity.ANONYMOUS, call));
        }
        Credentials credentials;
        try {
            credentials = credentials(call);
        } catch (IllegalArgumentException e) {
            return refused(
                    call, new Refusal(Reason.NOT_AUTHENTICATED, String.valueOf(e.getMessage())));
        }
        if (isExposed(credentials, call.caller())) {
            return refused(
                    call,
                    new Refusal(
                            Reason.PLAIN_CREDENTIALS,
                            "passwords and tokens are accepted over TLS only: connect with TLS"
                                    + " (and change what was sent in the clear)"));
        }
        return identify(credentials, call);
    }

    private static Requester requester(Identity identity, Call call) {
        return new Requester(identity, call.caller().shown());
    }

    private Credentials credentials(Call call) {
        if (call.authorization().size() > 1) {
            throw new IllegalArgumentException("the Authorization header stands twice");
        }
        if (!call.authorization().isEmpty()) {
            return Credentials.parse(call.authorization().get(0));
        }
        return call.caller()
                .tls()
                .flatMap(Caller.TlsConnection::certificate)
                .flatMap(certificates::of)
                .map(Credentials.class::cast)
                .orElseGet(Credentials.None::new);
    }

    /** Whether others on the network could read what was sent. */
    private boolean isExposed(Credentials credentials, Caller caller) {
        return credentials.isSecret()
                && caller.tls().isEmpty()
                && !config.logins().plainCredentials()
                && !isOnThisHost(caller);
    }

    private CompletableFuture<Requester> identify(Credentials credentials, Call call) {
        Optional<InetAddress> address = call.caller().remote();
        if (address.isEmpty()) {
            return refused(
                    call, new Refusal(Reason.NOT_AUTHENTICATED, "the caller's address is unknown"));
        }
        Origin origin = new Origin(address.get(), isOnThisHost(call.caller()));
        CompletableFuture<Identity> login;
        if (credentials.isSecret() && !control.isLoaded()) {
            Optional<Identity> recovery = authenticator.recover(credentials, origin);
            if (recovery.isEmpty()) {
                return refused(call, AccessControl.notLoaded());
            }
            login = CompletableFuture.completedFuture(recovery.get());
        } else {
            login = authenticator.authenticate(credentials, origin);
        }
        return login.handle((identity, error) -> {
            if (error != null) {
                throw new RefusedException(report(call, loginRefused(call, credentials, error)));
            }
            Requester requester = requester(identity, call);
            if (identity.isAuthenticated()) {
                listener.loggedIn(requester);
            }
            Optional<Refusal> refusal = control.admit(requester, call.operation());
            if (refusal.isPresent()) {
                throw new RefusedException(report(call, refusal.get()));
            }
            return requester;
        });
    }

    private Refusal loginRefused(Call call, Credentials credentials, Throwable error) {
        Throwable cause = error instanceof CompletionException ? error.getCause() : error;
        if (!(cause instanceof LoginException login)) {
            throw new CompletionException(cause);
        }
        String why = String.valueOf(login.getMessage());
        return switch (login.reason()) {
            case WRONG_CREDENTIALS -> {
                listener.loginFailed(call.caller(), credentials.toString(), why);
                yield new Refusal(Reason.NOT_AUTHENTICATED, why);
            }
            case OVERLOADED -> new Refusal(Reason.TOO_MANY_LOGINS, why);
        };
    }

    private boolean isPublic(Operation operation) {
        return operation == Operation.HEALTH
                || (operation == Operation.METRICS && config.publicMetrics());
    }

    private <T> CompletableFuture<T> refused(Call call, Refusal refusal) {
        return CompletableFuture.failedFuture(new RefusedException(report(call, refusal)));
    }

    private Refusal report(Call call, Refusal refusal) {
        listener.refused(call.operation(), refusal.reason());
        log.refused(call.operation(), call.caller(), refusal);
        return refusal;
    }

    private Optional<Refusal> checkHost(Caller caller) {
        if (config.mode() != SecurityMode.PROTECTED) {
            return Optional.empty();
        }
        if (!hasOwnAddress(caller)) {
            return Optional.of(new Refusal(Reason.OTHER_HOST, SERVES_OWN_HOST));
        }
        return caller.proxyHeader()
                .map(header -> new Refusal(
                        Reason.PROXY,
                        "the call came through a proxy (" + header + "), and " + SERVES_OWN_HOST));
    }

    private boolean isOnThisHost(Caller caller) {
        return caller.proxyHeader().isEmpty() && hasOwnAddress(caller);
    }

    private boolean hasOwnAddress(Caller caller) {
        if (caller.remote().isEmpty()) {
            return false;
        }
        InetAddress remote = caller.remote().get();
        return remote.isLoopbackAddress()
                || caller.local().filter(remote::equals).isPresent()
                || ownAddresses.contains(remote);
    }
}
