package io.lignum.cluster.transport;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The secrets of a cluster, as one node knows them at one time. The node proves its own and accepts
 * all of them, so that nodes agree while an operator replaces the secret node by node. Immutable.
 *
 * @param own empty: the node has no secret, and accepts peers on its own host only
 * @param others accepted besides the own one; at most {@value #MAX_OTHERS}
 */
public record PeerSecrets(Optional<String> own, List<String> others) {

    /** Each costs a hash for each handshake, also of strangers. */
    public static final int MAX_OTHERS = 4;

    /** A secret with fewer characters is weak. */
    public static final int MIN_STRONG_CHARS = 20;

    /** @throws IllegalArgumentException one is blank, or there are others and no own one */
    public PeerSecrets {
        others = List.copyOf(others);
        if (Stream.concat(own.stream(), others.stream()).anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("the cluster's secret is blank");
        }
        if (own.isEmpty() && !others.isEmpty()) {
            throw new IllegalArgumentException("other secrets, but no secret");
        }
        if (others.size() > MAX_OTHERS) {
            throw new IllegalArgumentException(
                    others.size() + " other secrets, and at most " + MAX_OTHERS + " are allowed");
        }
    }

    /** One secret, or none. */
    public static PeerSecrets of(Optional<String> own) {
        return new PeerSecrets(own, List.of());
    }

    /** Whether someone who records a handshake may find this secret by trying guesses. */
    public static boolean isWeak(String secret) {
        return secret.length() < MIN_STRONG_CHARS;
    }

    /** The secrets must not get into a log. */
    @Override
    public String toString() {
        return own.isEmpty() ? "no secret" : "the secret and " + others.size() + " others";
    }
}
