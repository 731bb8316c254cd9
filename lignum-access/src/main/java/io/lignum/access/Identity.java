package io.lignum.access;

import java.time.Instant;
import java.util.Optional;

/**
 * The result of authentication: the principal of a call, and what proved it, so that a later check
 * finds out whether the proof is still valid.
 *
 * @param credential with a token: its id; else empty
 * @param version with a password: the version of the user at that time; else 0
 * @param until when the proof ends, if that is known
 */
public record Identity(
        Principal principal,
        Method method,
        String credential,
        long version,
        Optional<Instant> until) {

    /** How a principal was authenticated. */
    public enum Method {
        /** Not at all. */
        NONE,
        PASSWORD,
        TOKEN,
        CERTIFICATE,
        /** A recovery token of this node. */
        RECOVERY,
        /** A call within the process. */
        IN_PROCESS
    }

    /** A caller without credentials. */
    public static final Identity ANONYMOUS = of(Principal.ANONYMOUS, Method.NONE);

    /** The program that embeds the node. */
    public static final Identity OWNER = of(Principal.OWNER, Method.IN_PROCESS);

    private static Identity of(Principal principal, Method method) {
        return new Identity(principal, method, "", 0, Optional.empty());
    }

    public static Identity ofPassword(Principal user, long version) {
        return new Identity(user, Method.PASSWORD, "", version, Optional.empty());
    }

    public static Identity ofToken(Principal owner, String id, Optional<Instant> until) {
        return new Identity(owner, Method.TOKEN, id, 0, until);
    }

    public static Identity ofCertificate(Principal owner, Instant until) {
        return new Identity(owner, Method.CERTIFICATE, "", 0, Optional.of(until));
    }

    public static Identity ofRecovery(String nodeId, Instant until) {
        Principal principal = new Principal(Principal.Kind.RECOVERY, nodeId);
        return new Identity(principal, Method.RECOVERY, "", 0, Optional.of(until));
    }

    /** Whether the caller showed a credential that was accepted. */
    public boolean isAuthenticated() {
        return method != Method.NONE;
    }
}
