package io.lignum.cluster.transport;

import io.lignum.record.Utf8;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Computes and checks proofs of the secret, for one connection and one side of it: HMAC-SHA256 over
 * the side, the cluster's name, both sides' nonces and, with TLS, the {@link ChannelBinding}, each
 * part behind its length. It proves the own secret, and accepts a proof of any of the cluster's
 * secrets; a proof does not say of which. Any thread.
 */
final class SharedSecretAuth {

    static final int NONCE_BYTES = 32;

    /** The side that proves. A proof of one side cannot be used by the other. */
    enum Side {
        CLIENT,
        SERVER
    }

    /**
     * What a proof is about.
     *
     * @param channel of {@link ChannelBinding}
     */
    record Challenge(byte[] clientNonce, byte[] serverNonce, byte[] channel) {}

    private record Keys(PeerSecrets from, SecretKeySpec own, List<SecretKeySpec> accepted) {}

    private static final String ALGORITHM = "HmacSHA256";

    /** Used where there is no secret, so that the handshake is the same. */
    private static final String NO_SECRET = "lignum without a secret";

    private final SecureRandom random = new SecureRandom();
    private final Supplier<PeerSecrets> secrets;
    private final byte[] cluster;
    private volatile @Nullable Keys last;

    SharedSecretAuth(PeerSecurity security) {
        secrets = security.secrets();
        cluster = Utf8.encode(security.clusterName());
    }

    /** The keys of the secrets that are in use now. */
    private Keys keys() {
        PeerSecrets from = secrets.get();
        Keys known = last;
        if (known == null || !known.from.equals(from)) {
            SecretKeySpec own = key(from.own().orElse(NO_SECRET));
            List<SecretKeySpec> accepted = new ArrayList<>();
            Stream.concat(Stream.of(own), from.others().stream().map(SharedSecretAuth::key))
                    .forEach(accepted::add);
            known = new Keys(from, own, List.copyOf(accepted));
            last = known;
        }
        return known;
    }

    private static SecretKeySpec key(String secret) {
        return new SecretKeySpec(Utf8.encode(secret), ALGORITHM);
    }

    byte[] cluster() {
        return cluster.clone();
    }

    boolean isSameCluster(byte[] other) {
        return MessageDigest.isEqual(cluster, other);
    }

    byte[] nonce() {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        return nonce;
    }

    byte[] prove(Side side, Challenge challenge) {
        return proof(keys().own, side, challenge);
    }

    private byte[] proof(SecretKeySpec key, Side side, Challenge challenge) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            part(mac, side == Side.CLIENT ? Utf8.encode("client") : Utf8.encode("server"));
            part(mac, cluster);
            part(mac, challenge.clientNonce);
            part(mac, challenge.serverNonce);
            if (challenge.channel.length > 0) {
                part(mac, challenge.channel);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java has " + ALGORITHM, missing);
        }
    }

    private static void part(Mac mac, byte[] part) {
        mac.update(ByteBuffer.allocate(4).putInt(part.length).flip());
        mac.update(part);
    }

    /** Takes the same time for any wrong proof. */
    boolean isProved(Side side, Challenge challenge, byte[] proof) {
        boolean proved = false;
        for (SecretKeySpec key : keys().accepted) { // All of them, whichever it is.
            proved |= MessageDigest.isEqual(proof(key, side, challenge), proof);
        }
        return proved;
    }
}
