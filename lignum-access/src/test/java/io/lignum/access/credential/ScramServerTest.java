package io.lignum.access.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lignum.access.credential.ScramServer.Failed;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Base64;
import java.util.Optional;

class ScramServerTest {

    private static final byte[] FAKE_SALT_KEY = {1, 2, 3};

    /** The example of RFC 7677, section 3. */
    private static final class Rfc7677 {
        static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        static final ScramCredential CREDENTIAL = ScramCredential.of(
                ScramMechanism.SHA_256,
                "pencil",
                Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="),
                4096);
        static final String CLIENT_FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
        static final String SERVER_FIRST = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        static final String CLIENT_FINAL =
                "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                        + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
        static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

        static ScramServer server() {
            return new ScramServer(
                    ScramMechanism.SHA_256,
                    user -> user.equals("user") ? Optional.of(CREDENTIAL) : Optional.empty(),
                    FAKE_SALT_KEY,
                    SERVER_NONCE);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    @Test
    void exampleOfTheRfc_isAnsweredToTheByte() throws Failed {
        ScramServer server = Rfc7677.server();
        assertThat(text(server.first(bytes(Rfc7677.CLIENT_FIRST)))).isEqualTo(Rfc7677.SERVER_FIRST);
        assertThat(server.user()).isEmpty();
        assertThat(text(server.finish(bytes(Rfc7677.CLIENT_FINAL))))
                .isEqualTo(Rfc7677.SERVER_FINAL);
        assertThat(server.user()).contains("user");
    }

    @Test
    void everyChangedByteOfTheFinalMessage_fails() throws Failed {
        byte[] last = bytes(Rfc7677.CLIENT_FINAL);
        for (int i = 0; i < last.length; i++) {
            byte[] changed = last.clone();
            changed[i] ^= 1;
            ScramServer server = Rfc7677.server();
            server.first(bytes(Rfc7677.CLIENT_FIRST));
            assertThatThrownBy(() -> server.finish(changed)).isInstanceOf(Failed.class);
            assertThat(server.user()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "n,,",
                "n,,n=user",
                "n,,n=,r=abc",
                "p=tls-server-end-point,,n=user,r=abc",
                "n,,m=ext,n=user,r=abc",
                "n,,n=us=er,r=abc",
                "n,,n=us=2Der,r=abc",
                "n,a=other,n=user,r=abc",
                "n,,n=user,r=a c",
                "x,,n=user,r=abc",
            })
    void firstMessage_thatBreaksTheRfc_fails(String message) {
        assertThatThrownBy(() -> Rfc7677.server().first(bytes(message))).isInstanceOf(Failed.class);
    }

    @Test
    void hugeOrBinaryMessage_fails() {
        assertThatThrownBy(() -> Rfc7677.server().first(new byte[1 << 20]))
                .isInstanceOf(Failed.class)
                .hasMessageContaining("4096");
        assertThatThrownBy(() -> Rfc7677.server().first(new byte[] {(byte) 0xff, 0}))
                .isInstanceOf(Failed.class);
    }

    @Test
    void messagesOutOfOrder_fail() throws Failed {
        ScramServer early = Rfc7677.server();
        assertThatThrownBy(() -> early.finish(bytes(Rfc7677.CLIENT_FINAL)))
                .isInstanceOf(Failed.class);
        ScramServer twice = Rfc7677.server();
        twice.first(bytes(Rfc7677.CLIENT_FIRST));
        assertThatThrownBy(() -> twice.first(bytes(Rfc7677.CLIENT_FIRST)))
                .isInstanceOf(Failed.class);
        twice.finish(bytes(Rfc7677.CLIENT_FINAL));
        assertThatThrownBy(() -> twice.finish(bytes(Rfc7677.CLIENT_FINAL)))
                .isInstanceOf(Failed.class);
    }

    @Test
    void unknownUser_looksLikeAWrongPassword() throws Failed {
        ScramServer server = Rfc7677.server();
        String first = text(server.first(bytes("n,,n=mallory,r=abc")));
        assertThat(text(Rfc7677.server().first(bytes("n,,n=mallory,r=abc"))))
                .as("the salt is always the same")
                .isEqualTo(first);
        assertThat(first).matches("r=abc.*,s=[A-Za-z0-9+/]{22}==,i=16384");
        String last = "c=biws,r=abc" + Rfc7677.SERVER_NONCE + ",p="
                + Base64.getEncoder().encodeToString(new byte[32]);
        assertThatThrownBy(() -> server.finish(bytes(last)))
                .isInstanceOf(Failed.class)
                .hasMessage("user or password is wrong");
    }

    @Test
    void escapedName_isUnescaped() throws Failed {
        String[] asked = new String[1];
        ScramServer server = new ScramServer(
                ScramMechanism.SHA_256,
                user -> {
                    asked[0] = user;
                    return Optional.empty();
                },
                FAKE_SALT_KEY);
        server.first(bytes("n,,n=a=2Cb=3Dc,r=abc"));
        assertThat(asked[0]).isEqualTo("a,b=c");
    }

    @ParameterizedTest
    @EnumSource
    void credential_matchesItsPasswordOnly(ScramMechanism mechanism) {
        ScramCredential credential = ScramCredential.of(mechanism, "pässword of 漢字");
        assertThat(credential.matches("pässword of 漢字")).isTrue();
        assertThat(credential.matches("passwort of 漢字")).isFalse();
        assertThat(credential.matches("")).isFalse();
        assertThat(credential.toString()).doesNotContain("pässword");
    }

    @Test
    void credentialOfAnotherMechanism_isNotUsed() throws Failed {
        ScramServer server = new ScramServer(
                ScramMechanism.SHA_512, user -> Optional.of(Rfc7677.CREDENTIAL), FAKE_SALT_KEY);
        assertThat(text(server.first(bytes(Rfc7677.CLIENT_FIRST)))).doesNotContain("i=4096");
    }
}
