package io.lignum.server.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Reads certificates and private keys from the text of a PEM file (RFC 7468). Text between the
 * blocks is skipped. Keys are PKCS#8, plain or encrypted; the JDK decodes everything inside the
 * blocks. Stateless.
 */
public final class PemText {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    /** In the order of their likelihood; the JDK has no way to learn it from the bytes. */
    private static final List<String> KEY_TYPES = List.of("EC", "RSA", "EdDSA", "RSASSA-PSS");

    private static final String CONVERT =
            "convert it with: openssl pkcs8 -topk8 -nocrypt -in OLD.key -out NEW.key";

    private PemText() {}

    /**
     * The certificates in their order.
     *
     * @throws IllegalArgumentException there is no certificate, or one is malformed; the message
     *     says which
     */
    public static List<X509Certificate> certificates(byte[] pem) {
        List<X509Certificate> found = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(text(pem));
        while (blocks.find()) {
            if (blocks.group(1).equals("CERTIFICATE")) {
                found.add(certificate(decode(blocks), found.size() + 1));
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("it has no block BEGIN CERTIFICATE");
        }
        return found;
    }

    private static X509Certificate certificate(byte[] der, int number) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("its certificate " + number + " is malformed", e);
        }
    }

    /**
     * The first private key.
     *
     * @param password of an encrypted key
     * @throws IllegalArgumentException there is no key that can be used; the message says why
     */
    public static PrivateKey privateKey(byte[] pem, Optional<char[]> password) {
        Matcher blocks = BLOCK.matcher(text(pem));
        while (blocks.find()) {
            String kind = blocks.group(1);
            if (kind.equals("PRIVATE KEY")) {
                return privateKey(new PKCS8EncodedKeySpec(decode(blocks)));
            }
            if (kind.equals("ENCRYPTED PRIVATE KEY")) {
                return privateKey(decrypt(
                        decode(blocks),
                        password.orElseThrow(() -> new IllegalArgumentException(
                                "its key is encrypted: set tls.key-password-file"))));
            }
            if (kind.endsWith("PRIVATE KEY")) {
                throw new IllegalArgumentException("its key is of the form BEGIN " + kind
                        + ", which is not PKCS#8; " + CONVERT);
            }
        }
        throw new IllegalArgumentException("it has no block BEGIN PRIVATE KEY");
    }

    private static PrivateKey privateKey(PKCS8EncodedKeySpec encoded) {
        for (String type : KEY_TYPES) {
            try {
                return KeyFactory.getInstance(type).generatePrivate(encoded);
            } catch (InvalidKeySpecException another) {
                // The key is of another type: the next one is tried.
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not know keys of type " + type, e);
            }
        }
        throw new IllegalArgumentException(
                "its key is malformed, or of none of the types " + String.join(", ", KEY_TYPES));
    }

    private static PKCS8EncodedKeySpec decrypt(byte[] der, char[] password) {
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
            // The name of PBES2, which openssl writes, does not say the cipher; its parameters do.
            String name =
                    info.getAlgName().startsWith("PBES2") || info.getAlgName().startsWith("1.")
                            ? String.valueOf(info.getAlgParameters())
                            : info.getAlgName();
            SecretKey key =
                    SecretKeyFactory.getInstance(name).generateSecret(new PBEKeySpec(password));
            Cipher cipher = Cipher.getInstance(name);
            cipher.init(Cipher.DECRYPT_MODE, key, info.getAlgParameters());
            return info.getKeySpec(cipher);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(
                    "its key cannot be decrypted: the password is wrong, or the cipher unknown", e);
        }
    }

    private static byte[] decode(Matcher block) {
        try {
            return Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "its block BEGIN " + block.group(1) + " is not base64", e);
        }
    }

    private static String text(byte[] pem) {
        return new String(pem, StandardCharsets.ISO_8859_1);
    }
}
