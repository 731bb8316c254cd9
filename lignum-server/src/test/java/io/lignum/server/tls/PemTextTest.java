package io.lignum.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;

/** Keys in the forms that openssl writes, and files that are broken. */
class PemTextTest {

    /** {@code openssl ecparam -name prime256v1 -genkey -noout}. */
    private static final String EC = """
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEIAUqQ1J3sE8E1gxCYjG4PM7QNkdJZloPzz5EdJhhc2EZoAoGCCqGSM49
            AwEHoUQDQgAE8sSleEuUCxcPKj6mb3zLYOaUtmG832uF14WaAjFgl8WW6guHDVFf
            03wSS85LuHq56H2eKux/T7/MTiOvsQ3OmA==
            -----END EC PRIVATE KEY-----
            """;

    /** The same by {@code openssl pkcs8 -topk8 -nocrypt}. */
    private static final String PLAIN = """
            -----BEGIN PRIVATE KEY-----
            MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBSpDUnewTwTWDEJi
            Mbg8ztA2R0lmWg/PPkR0mGFzYRmhRANCAATyxKV4S5QLFw8qPqZvfMtg5pS2Ybzf
            a4XXhZoCMWCXxZbqC4cNUV/TfBJLzku4ernofZ4q7H9Pv8xOI6+xDc6Y
            -----END PRIVATE KEY-----
            """;

    /** The same by {@code openssl pkcs8 -topk8}, password "secret": PBES2, AES-256. */
    private static final String ENCRYPTED = """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgfcVAlioAJywICCAAw
            DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEMsL2RZfvGm+Vq8hJvfHF4cEgZAc
            +JRRKovKm6iud8qQAtR0zaeYlmtJB5dFXJE1004+sykTHbTYPfsCOLfv7pji0qwY
            NFAhDx3InHtldYD1k5Z4SfGnvt4dg3fODdffLrxTOwQni4qbD6VscqODw4XnlgMo
            AhLxbu2JehYdcUtAr/RRcpQ+Dh0V7KCmAG+puk1GcQedchApXqJZWbb8OzovlOU=
            -----END ENCRYPTED PRIVATE KEY-----
            """;

    /** The same by {@code openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES}. */
    private static final String ENCRYPTED_OLD = """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIGxMBwGCiqGSIb3DQEMAQMwDgQICQMVmjnoTuACAggABIGQVeYJ210PwoXy7xLv
            IXt1zLh3f2aYrF+RHZNzye9PK9OuU4FQE2DxGZ/H1aMD049EKw7PQzT6AmhCVh29
            lpZeZhaXCL2WGO+8Ov4aegUKJFEOjotDuLmzhBoYuRVjUyYcf4+1Bjz5oYr2JOb+
            JHHoSQr3T/BDBRqFMNH87pVzzHWTdwrqhzNESL/pD0yFgede
            -----END ENCRYPTED PRIVATE KEY-----
            """;

    private static PrivateKey key(String pem, String password) {
        return PemText.privateKey(
                pem.getBytes(StandardCharsets.US_ASCII), Optional.of(password.toCharArray()));
    }

    @Test
    void plainKeyAndItsEncryptedForms_areTheSameKey() {
        byte[] plain = key(PLAIN, "").getEncoded();
        assertThat(key(ENCRYPTED, "secret").getEncoded()).isEqualTo(plain);
        assertThat(key(ENCRYPTED_OLD, "secret").getEncoded()).isEqualTo(plain);
    }

    @Test
    void textAroundTheBlock_isSkipped() {
        String bag = "Bag Attributes\n    friendlyName: oak\nKey Attributes: <No Attributes>\n";
        assertThat(key(bag + PLAIN + "\n\n", "")).isEqualTo(key(PLAIN, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519", "RSASSA-PSS"})
    void keysOfAllTypes_areRead(String type) throws GeneralSecurityException {
        byte[] encoded = KeyPairGenerator.getInstance(type)
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        String pem = "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(encoded)
                + "\n-----END PRIVATE KEY-----\n";
        assertThat(key(pem, "").getEncoded()).isEqualTo(encoded);
    }

    @Test
    void otherForms_areRefusedWithTheCommandThatConvertsThem() {
        assertThatThrownBy(() -> key(EC, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("BEGIN EC PRIVATE KEY")
                .hasMessageContaining("openssl pkcs8 -topk8");
    }

    @Test
    void wrongPasswordAndMissingPassword_haveTheirOwnErrors() {
        assertThatThrownBy(() -> key(ENCRYPTED, "wrong")).hasMessageContaining("password is wrong");
        assertThatThrownBy(() -> PemText.privateKey(
                        ENCRYPTED.getBytes(StandardCharsets.US_ASCII), Optional.empty()))
                .hasMessageContaining("tls.key-password-file");
    }

    @Test
    void filesWithoutABlock_areRefused() {
        assertThatThrownBy(() -> key("", "")).hasMessageContaining("no block BEGIN PRIVATE KEY");
        assertThatThrownBy(() -> PemText.certificates(new byte[0]))
                .hasMessageContaining("no block BEGIN CERTIFICATE");
    }

    /** Whatever is wrong with a file, the error is the one that says so. */
    @Test
    void spoiltFiles_areRefusedOrReadButNothingElse() throws IOException {
        byte[] certificate = Files.readAllBytes(TestCertificates.file("oak.pem"));
        byte[] key = PLAIN.getBytes(StandardCharsets.US_ASCII);
        Random random = new Random(7);
        for (int i = 0; i < 1_000; i++) {
            attempt(() -> PemText.certificates(spoilt(certificate, random)));
            attempt(() -> PemText.privateKey(spoilt(key, random), Optional.empty()));
        }
    }

    private static byte[] spoilt(byte[] file, Random random) {
        byte[] copy = file.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
        }
        return copy;
    }

    private static void attempt(Runnable read) {
        try {
            read.run();
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageMatching("(?s).+");
        }
    }
}
