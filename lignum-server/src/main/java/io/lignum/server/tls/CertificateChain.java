package io.lignum.server.tls;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the chain of a private key's certificate among the certificates of a file. Stateless. */
final class CertificateChain {

    private static final String ANY_USE = "2.5.29.37.0";

    /** What a certificate must be for. */
    enum Use {
        SERVER("1.3.6.1.5.5.7.3.1", "servers", "serverAuth"),
        CLIENT("1.3.6.1.5.5.7.3.2", "clients", "clientAuth");

        private final String oid;
        private final String users;
        private final String name;

        Use(String oid, String users, String name) {
            this.oid = oid;
            this.users = users;
            this.name = name;
        }
    }

    private CertificateChain() {}

    /**
     * The certificate of the key first, then that of its issuer, and so on as far as the file goes.
     *
     * @throws IllegalArgumentException no certificate belongs to the key, or it is not for this
     *     use; the message says so
     */
    static List<X509Certificate> of(PrivateKey key, List<X509Certificate> given, Use use) {
        X509Certificate leaf = given.stream()
                .filter(one -> belongs(key, one.getPublicKey()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "none of its certificates belongs to the private key"));
        require(use, leaf);
        List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
        Optional<X509Certificate> next = issuer(leaf, given);
        while (next.isPresent() && !chain.contains(next.get())) {
            chain.add(next.get());
            next = issuer(next.get(), given);
        }
        return chain;
    }

    private static Optional<X509Certificate> issuer(
            X509Certificate of, List<X509Certificate> given) {
        return given.stream().filter(one -> signed(one, of)).findFirst();
    }

    private static boolean signed(X509Certificate issuer, X509Certificate certificate) {
        if (!issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
            return false;
        }
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException another) {
            return false; // A CA of the same name with another key.
        }
    }

    /** Whether a signature of the private key is one of the public key. */
    private static boolean belongs(PrivateKey key, PublicKey certified) {
        try {
            String algorithm = switch (key.getAlgorithm()) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                case "EdDSA" -> "EdDSA";
                default -> key.getAlgorithm();
            };
            Signature signature = Signature.getInstance(algorithm);
            byte[] message = {1, 2, 3};
            signature.initSign(key);
            signature.update(message);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(message);
            return signature.verify(signed);
        } catch (InvalidKeyException another) {
            return false; // A key of another type.
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "keys of type " + key.getAlgorithm() + " cannot be used", e);
        }
    }

    private static void require(Use use, X509Certificate leaf) {
        List<String> uses;
        try {
            uses = leaf.getExtendedKeyUsage();
        } catch (CertificateParsingException e) {
            throw new IllegalArgumentException("the uses of its certificate are malformed", e);
        }
        if (uses != null && !uses.contains(use.oid) && !uses.contains(ANY_USE)) {
            throw new IllegalArgumentException(
                    "its certificate for " + leaf.getSubjectX500Principal()
                            + " is not for " + use.users + ": its extended key usage lacks "
                            + use.name);
        }
    }
}
