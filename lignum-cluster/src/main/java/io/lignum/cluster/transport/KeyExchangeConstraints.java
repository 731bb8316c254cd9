package io.lignum.cluster.transport;

import org.jspecify.annotations.Nullable;

import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.util.Locale;
import java.util.Set;

/**
 * Excludes key exchange in finite fields from handshakes of TLS 1.3. With its largest group a hello
 * costs a listener about 60 ms of CPU time, and the client nothing; with an elliptic curve about 1
 * ms. All clients of the last ten years have curves. The JDK 17 has a setting of the groups for the
 * process only, but asks these constraints of an engine for each group. Stateless.
 */
public final class KeyExchangeConstraints implements AlgorithmConstraints {

    /** The JDK's names of the groups of RFC 7919 begin so. */
    private static final String FINITE_FIELD = "ffdhe";

    @Override
    public boolean permits(
            Set<CryptoPrimitive> primitives,
            String algorithm,
            @Nullable AlgorithmParameters parameters) {
        return !algorithm.toLowerCase(Locale.ROOT).startsWith(FINITE_FIELD);
    }

    @Override
    public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
        return true;
    }

    @Override
    public boolean permits(
            Set<CryptoPrimitive> primitives,
            String algorithm,
            Key key,
            @Nullable AlgorithmParameters parameters) {
        return permits(primitives, algorithm, parameters);
    }
}
