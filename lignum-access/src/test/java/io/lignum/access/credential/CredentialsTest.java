package io.lignum.access.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Base64;

class CredentialsTest {

    private static String basic(String text) {
        return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    @Test
    void basic_isNameAndPassword_whichMayHoldColons() {
        assertThat(Credentials.parse(basic("alice:a:b ü")))
                .isEqualTo(new Credentials.Password("alice", "a:b ü"));
        assertThat(Credentials.parse(basic("alice:").replace("Basic", "bAsIc")))
                .isEqualTo(new Credentials.Password("alice", ""));
    }

    @Test
    void bearer_isAToken() {
        TokenText token = TokenText.random();
        assertThat(Credentials.parse("Bearer " + token.text()))
                .isEqualTo(new Credentials.Token(token));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Basic",
                "Basic ",
                "Basic %%%%",
                "Basic YWxpY2U=", // alice
                "Basic OnBhc3M=", // :pass
                "Basic /w==",
                "Bearer",
                "Bearer geheim",
                "Bearer lgn_abc_geheim",
                "Digest username=geheim",
                "geheim",
            })
    void headerOfAnotherForm_isRefused_withoutItsValue(String header) {
        assertThatThrownBy(() -> Credentials.parse(header))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("geheim");
    }

    @Test
    void longHeader_isRefused() {
        assertThatThrownBy(() -> Credentials.parse("Bearer " + "a".repeat(16_384)))
                .hasMessageContaining("4096");
    }

    @Test
    void token_hasAnIdAndASecret_andShowsNoSecret() {
        TokenText token = TokenText.random();
        assertThat(token.text()).matches("lgn_[a-z0-9]{10}_[A-Za-z0-9_-]{43}");
        assertThat(TokenText.parse(token.text())).contains(token);
        assertThat(token.toString()).doesNotContain(token.secret());
        assertThat(token.hasHash(token.hash())).isTrue();
        assertThat(token.hasHash(TokenText.random().hash())).isFalse();
        assertThat(TokenText.random()).isNotEqualTo(token);
    }

    @Test
    void credentials_showNoSecret() {
        assertThat(new Credentials.Password("alice", "geheim").toString()).doesNotContain("geheim");
        TokenText token = TokenText.random();
        assertThat(new Credentials.Token(token).toString()).doesNotContain(token.secret());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"tiny-one", "eleven char", "has a long line\nend", "correct-horse-user"})
    void password_thatIsNotAccepted_saysWhy(String password) {
        assertThatThrownBy(() -> new PasswordPolicy(12).check("correct-horse-user", password))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the password")
                .hasMessageNotContaining(password);
    }
}
