package io.lignum.server.access;

import io.lignum.server.access.Refusal.Reason;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Decides whether a client's call is served; no other place does. The listeners ask it before they
 * look at anything else of a call, on the node that received the call. A call forwarded to the
 * leader is not checked again there. Any thread. Does not block, except for one look-up of this
 * host's name.
 */
public final class Authorizer {

    static final String SERVES_OWN_HOST = "this node serves callers on its own host only, because"
            + " security.mode is protected: to serve other hosts of a trusted network, set"
            + " security.mode: open (or LIGNUM_SECURITY_MODE=open) on the node";

    /** Called on the call's thread. Must be quick and must not throw. */
    public interface Listener {
        void refused(Operation operation, Reason reason);
    }

    private final AccessConfig config;
    private final BrowserRules browsers;
    private final OwnAddresses ownAddresses = new OwnAddresses();
    private final RefusedCallLog log = new RefusedCallLog(System::nanoTime);
    private final Listener listener;

    public Authorizer(AccessConfig config, Listener listener) {
        this.config = config;
        this.browsers = new BrowserRules(config);
        this.listener = listener;
    }

    /**
     * Returns why the call is refused; empty: it is served. For protocols that browsers do not use.
     */
    public Optional<Refusal> authorize(Operation operation, Caller caller) {
        return report(
                operation, caller, isPublic(operation) ? Optional.empty() : checkHost(caller));
    }

    /** Returns why the call is refused; empty: it is served. */
    public Optional<Refusal> authorize(Operation operation, Caller caller, WebRequest request) {
        return report(
                operation,
                caller,
                isPublic(operation)
                        ? Optional.empty()
                        : checkHost(caller).or(() -> browsers.check(request)));
    }

    private boolean isPublic(Operation operation) {
        return operation == Operation.HEALTH
                || (operation == Operation.METRICS && config.publicMetrics());
    }

    private Optional<Refusal> report(
            Operation operation, Caller caller, Optional<Refusal> refusal) {
        refusal.ifPresent(refused -> {
            listener.refused(operation, refused.reason());
            log.refused(operation, caller, refused);
        });
        return refusal;
    }

    private Optional<Refusal> checkHost(Caller caller) {
        if (config.mode() == SecurityMode.OPEN) {
            return Optional.empty();
        }
        if (!isOnThisHost(caller)) {
            return Optional.of(new Refusal(Reason.OTHER_HOST, SERVES_OWN_HOST));
        }
        return caller.proxyHeader()
                .map(header -> new Refusal(
                        Reason.PROXY,
                        "the call came through a proxy (" + header + "), and " + SERVES_OWN_HOST));
    }

    private boolean isOnThisHost(Caller caller) {
        if (caller.remote().isEmpty()) {
            return false;
        }
        InetAddress remote = caller.remote().get();
        return remote.isLoopbackAddress()
                || caller.local().filter(remote::equals).isPresent()
                || ownAddresses.contains(remote);
    }
}
