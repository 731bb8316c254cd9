package io.lignum.cluster.transport;

import io.lignum.record.Utf8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Computes and checks proofs of the secret, for one connection and one side of it: HMAC-SHA256 over
 * the side, the cluster's name and both sides' nonces, each part behind its length. Any thread.
 */
final class SharedSecretAuth {

    static final int NONCE_BYTES = 32;

    /** The side that proves. A proof of one side cannot be used by the other. */
    enum Side {
        CLIENT,
        SERVER
    }

    private static final String ALGORITHM = "HmacSHA256";

    /** Used where there is no secret, so that the handshake is the same. */
    private static final String NO_SECRET = "lignum without a secret";

    private final SecureRandom random = new SecureRandom();
    private final SecretKeySpec key;
    private final byte[] cluster;

    SharedSecretAuth(PeerSecurity security) {
        key = new SecretKeySpec(Utf8.encode(security.secret().orElse(NO_SECRET)), ALGORITHM);
        cluster = Utf8.encode(security.clusterName());
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

    byte[] prove(Side side, byte[] clientNonce, byte[] serverNonce) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] who = side == Side.CLIENT ? Utf8.encode("client") : Utf8.encode("server");
            for (byte[] part : new byte[][] {who, cluster, clientNonce, serverNonce}) {
                mac.update(ByteBuffer.allocate(4).putInt(part.length).flip());
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java has " + ALGORITHM, missing);
        }
    }

    /** Takes the same time for any wrong proof. */
    boolean isProved(Side side, byte[] clientNonce, byte[] serverNonce, byte[] proof) {
        return MessageDigest.isEqual(prove(side, clientNonce, serverNonce), proof);
    }
}
