package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicReference;

/** What credentials make of a password or a token. */
class CredentialsTest {

    @Test
    void password_isBasicAuthenticationInUtf8() {
        assertThat(Credentials.password("oak", "größe:1").authorization())
                .isEqualTo("Basic b2FrOmdyw7bDn2U6MQ==");
    }

    @Test
    void token_isSentWithoutTheLineFeedOfItsFile() {
        assertThat(Credentials.token(() -> "lgn_a_b\n").authorization())
                .isEqualTo("Bearer lgn_a_b");
    }

    @Test
    void supplier_isAskedForEachValue() {
        AtomicReference<String> password = new AtomicReference<>("one");
        Credentials credentials = Credentials.password("oak", password::get);
        String before = credentials.authorization();
        password.set("two");
        assertThat(credentials.authorization())
                .isNotEqualTo(before)
                .isEqualTo(Credentials.password("oak", "two").authorization());
    }

    @Test
    void text_hasNoSecret() {
        assertThat(Credentials.password("oak", "hush")).hasToString("password of oak");
        assertThat(Credentials.token("hush")).hasToString("token");
    }

    @Test
    void valuesThatCannotBeSent_areRefusedWithoutTheirText() {
        for (String user : new String[] {"", "a:b", "a\nb"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Credentials.password(user, "hush"));
        }
        for (String token : new String[] {"", " \n", "hu sh", "hüsh", "hush\nx: y"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Credentials.token(token).authorization())
                    .withMessageNotContaining("hush");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Credentials.password("oak", "").authorization())
                .withMessage("the password is empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Credentials.token("x".repeat(4_096)).authorization())
                .withMessageContaining("more than 4096 characters");
    }

    @Test
    @SuppressWarnings("NullAway") // Programs without null checks do this.
    void supplierWithoutAValue_isNamed() {
        assertThatThrownBy(() -> Credentials.password("oak", () -> null).authorization())
                .hasMessageContaining("the supplier of the password returned null");
    }
}
